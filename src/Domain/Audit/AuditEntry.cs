using System.Text.Json;
using System.Text.Json.Serialization;

namespace Adclicks.Domain.Audit;

/// <summary>
/// One entry of the audit log: the event <c>audit-recorded</c>, as JSON. When it was is the log's own time of the event.
/// Holds no secrets, and nothing personal but the network of a refused caller: what is named is a key's id, an item's id, a day, a number.
/// </summary>
/// <param name="Action">What was done.</param>
/// <param name="Target">On what: <c>generation 3</c>; up to <see cref="MaxText"/> characters.</param>
/// <param name="Actor">By whom.</param>
/// <param name="Outcome">How far it came.</param>
/// <param name="CorrelationId">Of the request, as in its logs; entries of one action share it.</param>
/// <param name="Detail">What else there is to say, such as why it failed; up to <see cref="MaxText"/> characters.</param>
/// <param name="Unrecorded">Like entries just before that were over the rate and are not recorded.</param>
/// <param name="Network">Of a refused caller: the address without its host part (<c>192.0.2.0/24</c>, <c>2001:db8:1::/48</c>); else empty.</param>
public sealed record AuditEntry(
    AuditAction Action, string Target, AuditActor Actor, AuditOutcome Outcome, string CorrelationId, string Detail = "", long Unrecorded = 0, string Network = "")
{
    /// <summary>The type of the event.</summary>
    public const string EventType = "audit-recorded";

    /// <summary>The longest <see cref="Target"/> and <see cref="Detail"/>; the rest is cut off.</summary>
    public const int MaxText = 256;

    /// <summary>The payload.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this with { Target = Shown(Target), Detail = Shown(Detail) }, AuditJson.Default.AuditEntry);

    /// <summary>Reads a payload.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static AuditEntry Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, AuditJson.Default.AuditEntry) ?? throw new FormatException("The payload is null.");
        }
        catch (JsonException e)
        {
            throw new FormatException("The payload is not an audit entry: " + e.Message, e);
        }
    }

    /// <summary>The name of an action on the wire.</summary>
    public static string NameOf(AuditAction action) => JsonNamingPolicy.KebabCaseLower.ConvertName(action.ToString());

    /// <summary>The action of a name; null for none.</summary>
    public static AuditAction? ActionOf(string name)
    {
        foreach (var action in Enum.GetValues<AuditAction>())
        {
            if (NameOf(action) == name) return action;
        }

        return null;
    }

    // Some of it comes from a request: it is shown in terminals, so no control characters.
    private static string Shown(string text)
    {
        var shown = text.Length <= MaxText ? text : text[..MaxText];
        return shown.Any(char.IsControl) ? string.Concat(shown.Select(c => char.IsControl(c) ? '?' : c)) : shown;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(ActionConverter), typeof(OutcomeConverter)])]
[JsonSerializable(typeof(AuditEntry))]
internal sealed partial class AuditJson : JsonSerializerContext;

internal sealed class ActionConverter() : JsonStringEnumConverter<AuditAction>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false);

internal sealed class OutcomeConverter() : JsonStringEnumConverter<AuditOutcome>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false);
