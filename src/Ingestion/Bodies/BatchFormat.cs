using System.Text.Json;
using Adclicks.Ingestion.Validation;
using Google.Protobuf;

namespace Adclicks.Ingestion.Bodies;

/// <summary>The forms a batch may have, by its content type.</summary>
internal static class BatchFormat
{
    public const string Json = "application/json", Ndjson = "application/x-ndjson", Protobuf = "application/x-protobuf";

    /// <summary>What an unreadable body of that type is told it should have been; null for a type that is not taken.</summary>
    public static string? Expected(string mediaType) => mediaType switch
    {
        Json => "a JSON array of objects",
        Ndjson or "application/ndjson" or "application/jsonl" => "JSON objects, one a line",
        Protobuf or "application/protobuf" => "a ClickEvents message (/track/click_events.proto)",
        _ => null,
    };

    /// <summary>
    /// The clicks, one more than <paramref name="maxClicks"/> where there are too many; null where the body is beyond
    /// telling them apart.
    /// </summary>
    public static List<RawClick>? Read(string mediaType, ReadOnlySpan<byte> body, int maxClicks)
    {
        try
        {
            return mediaType switch
            {
                Json => ClickJson.ReadArray(body, maxClicks),
                Protobuf or "application/protobuf" => ClickProtobuf.Read(body, maxClicks),
                _ => ReadLines(body, maxClicks),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>A line each; empty lines are no clicks.</summary>
    private static List<RawClick> ReadLines(ReadOnlySpan<byte> body, int maxClicks)
    {
        var clicks = new List<RawClick>();
        foreach (var range in body.Split((byte)'\n'))
        {
            var line = body[range].Trim(" \t\r"u8);
            if (line.IsEmpty) continue;
            clicks.Add(ClickJson.Read(line));
            if (clicks.Count > maxClicks) break;
        }

        return clicks;
    }
}
