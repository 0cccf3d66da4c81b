using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Adclicks.Domain.Reference;

/// <summary>
/// The events of the stream <c>reference</c>: JSON, one per change, with the whole new state of the item
/// (<c>ad-defined</c>) or its id alone (<c>ad-removed</c>); and <c>log-created</c>, the settings fixed at first start.
/// </summary>
public static class ReferenceEvents
{
    /// <summary>The type of the first event of a log: <see cref="LogSettings"/>.</summary>
    public const string LogCreated = "log-created";

    /// <summary>The type of the event that fixes which cluster has which partition, where there are several.</summary>
    public const string LogSharded = "log-sharded";

    /// <summary>The version of the payloads written now.</summary>
    public const int SchemaVersion = 1;

    private const string Defined = "-defined";
    private const string Removed = "-removed";

    /// <summary>The type name of a change: a stable string, never a CLR name.</summary>
    public static string TypeOf(ReferenceChange change) => NameOf(change.Kind) + (change.Item is null ? Removed : Defined);

    /// <summary>The payload of a change.</summary>
    public static byte[] ToJson(ReferenceChange change) => change.Item is null
        ? JsonSerializer.SerializeToUtf8Bytes(new RemovedItem(change.Id), ReferenceJson.Default.RemovedItem)
        : ToJson(change.Item);

    /// <summary>An item as JSON; equal states give equal bytes.</summary>
    public static byte[] ToJson(ReferenceItem item) =>
        JsonSerializer.SerializeToUtf8Bytes(item, ReferenceJson.TypeOf(item.ItemKind));

    /// <summary>The payload of <see cref="LogCreated"/>.</summary>
    public static byte[] ToJson(LogSettings settings) =>
        JsonSerializer.SerializeToUtf8Bytes(settings, ReferenceJson.Default.LogSettings);

    /// <summary>Reads an event; null where its type is none of a change.</summary>
    /// <exception cref="FormatException">The type is known, the payload is not what it should be.</exception>
    public static ReferenceChange? Read(string type, ReadOnlySpan<byte> json)
    {
        foreach (var kind in Enum.GetValues<ReferenceKind>())
        {
            var name = NameOf(kind);
            if (!type.StartsWith(name, StringComparison.Ordinal)) continue;
            if (type.AsSpan(name.Length) is Defined) return ReferenceChange.Define(ReadItem(kind, json));
            if (type.AsSpan(name.Length) is Removed) return ReferenceChange.Remove(kind, Read(json, ReferenceJson.Default.RemovedItem).Id);
        }

        return null;
    }

    /// <summary>Reads the payload of <see cref="LogCreated"/>.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static LogSettings ReadLogSettings(ReadOnlySpan<byte> json) => Read(json, ReferenceJson.Default.LogSettings);

    private static ReferenceItem ReadItem(ReferenceKind kind, ReadOnlySpan<byte> json) =>
        (ReferenceItem)Read(json, ReferenceJson.TypeOf(kind));

    private static T Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type) where T : notnull => (T)Read(json, (JsonTypeInfo)type);

    private static object Read(ReadOnlySpan<byte> json, JsonTypeInfo type)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new FormatException("The payload is null.");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new FormatException("The payload is not what its type says: " + e.Message, e);
        }
    }

    private static string NameOf(ReferenceKind kind) => kind switch
    {
        ReferenceKind.Advertiser => "advertiser",
        ReferenceKind.Campaign => "campaign",
        ReferenceKind.Ad => "ad",
        ReferenceKind.Publisher => "publisher",
        ReferenceKind.Rule => "rule",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}

/// <summary>What a log is created with and cannot be changed afterwards.</summary>
/// <param name="Partitions">The number of click streams.</param>
public sealed record LogSettings(int Partitions);
