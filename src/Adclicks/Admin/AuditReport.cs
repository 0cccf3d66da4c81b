using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Adclicks.Domain.Audit;
using Adclicks.EventStore.Audit;

namespace Adclicks.Admin;

/// <summary>The answer of <c>GET /admin/audit</c>, which <c>adclicks audit</c> shows.</summary>
/// <param name="Entries">Newest first; may be fewer than asked for although there are more.</param>
/// <param name="Next">The <c>before</c> of the next page; null at the end.</param>
internal sealed record AuditReport(
    [property: JsonPropertyName("entries")] IReadOnlyList<AuditLine> Entries,
    [property: JsonPropertyName("next")] string? Next)
{
    private const char Separator = '.';

    /// <summary>Of a page.</summary>
    public static AuditReport Of(AuditPage page) => new(
        [.. page.Records.Select(AuditLine.Of)], page.Next.Count == 0 ? null : string.Join(Separator, page.Next));

    /// <summary>Reads <see cref="Next"/>; nothing stands for the first page.</summary>
    public static bool TryReadPlace(string text, out IReadOnlyList<long> place)
    {
        place = [];
        if (text.Length == 0) return true;
        var numbers = new List<long>();
        foreach (var part in text.Split(Separator))
        {
            if (!long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
            numbers.Add(number);
        }

        place = numbers;
        return numbers.Count == AuditTrail.StreamCount;
    }
}

/// <summary>What a tool is about to do: the body of <c>POST /admin/audit</c>.</summary>
internal sealed record AuditRequest([property: JsonPropertyName("action")] string? Action, [property: JsonPropertyName("target")] string? Target);

/// <summary>An entry of the audit log.</summary>
internal sealed record AuditLine(
    [property: JsonPropertyName("at")] DateTimeOffset At,
    [property: JsonPropertyName("action")] string Action,
    [property: JsonPropertyName("target")] string Target,
    [property: JsonPropertyName("outcome")] string Outcome,
    [property: JsonPropertyName("key_id")] string KeyId,
    [property: JsonPropertyName("by")] string By,
    [property: JsonPropertyName("role")] string Role,
    [property: JsonPropertyName("correlation_id")] string CorrelationId,
    [property: JsonPropertyName("detail")] string Detail,
    [property: JsonPropertyName("unrecorded"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long Unrecorded,
    [property: JsonPropertyName("network")] string Network,
    [property: JsonPropertyName("stream")] string Stream,
    [property: JsonPropertyName("revision")] long Revision)
{
    /// <summary>Of an entry and where it is.</summary>
    public static AuditLine Of(AuditRecord record)
    {
        var entry = record.Entry;
        return new(
            record.At.ToUniversalTime(), AuditEntry.NameOf(entry.Action), entry.Target, JsonNamingPolicy.KebabCaseLower.ConvertName(entry.Outcome.ToString()),
            entry.Actor.KeyId, entry.Actor.Name, entry.Actor.Role, entry.CorrelationId, entry.Detail, entry.Unrecorded, entry.Network, record.Stream, record.Revision);
    }
}
