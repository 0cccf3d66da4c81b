using System.Text.Json;
using System.Text.Json.Nodes;

namespace Adclicks.EventStore.EventStoreDb.Reading;

/// <summary>A stream's metadata as EventStoreDB keeps it. What is not retention (access lists, others' keys) is kept as it is.</summary>
internal static class MetadataJson
{
    /// <summary>The type of the events on the stream <c>$$name</c>.</summary>
    public const string EventType = "$metadata";

    private const string MaxAgeSeconds = "$maxAge";
    private const string MaxCount = "$maxCount";
    private const string TruncateBefore = "$tb";

    public static string StreamOf(string stream) => "$$" + stream;

    public static StreamMetadata Read(ReadOnlySpan<byte> json)
    {
        var members = Parse(json);
        return new StreamMetadata(
            Number(members, MaxAgeSeconds) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Number(members, MaxCount),
            Number(members, TruncateBefore));
    }

    public static byte[] Write(ReadOnlySpan<byte> before, StreamMetadata metadata)
    {
        var members = Parse(before);
        Set(members, MaxAgeSeconds, metadata.MaxAge is { } age ? Math.Max(1, (long)age.TotalSeconds) : null);
        Set(members, MaxCount, metadata.MaxCount);
        Set(members, TruncateBefore, metadata.TruncateBefore);
        return JsonSerializer.SerializeToUtf8Bytes(members);
    }

    private static JsonObject Parse(ReadOnlySpan<byte> json) =>
        json.IsEmpty ? [] : JsonNode.Parse(json) as JsonObject ?? [];

    private static long? Number(JsonObject members, string name) =>
        members[name] is JsonValue value && value.TryGetValue<long>(out var number) ? number : null;

    private static void Set(JsonObject members, string name, long? value)
    {
        members.Remove(name);
        if (value is { } number)
            members[name] = number;
    }
}
