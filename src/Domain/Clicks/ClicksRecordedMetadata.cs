using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Adclicks.Domain.Clicks;

/// <summary>The metadata of a <c>clicks-recorded</c> event: JSON, so that anything that reads the log can.</summary>
/// <param name="SchemaVersion">Of the payload.</param>
/// <param name="Node">The ingest node that wrote it.</param>
/// <param name="ReferenceRevision">The revision of <c>reference</c> the node had applied; −1 before the first event.</param>
/// <param name="CorrelationId">Of the request of the first click.</param>
/// <param name="Clicks">How many clicks are inside.</param>
/// <param name="Hours">Clicks by the hour of their time, as <c>2026-11-24T02</c> (UTC): for audits inside the log.</param>
public sealed record ClicksRecordedMetadata(
    int SchemaVersion,
    string Node,
    long ReferenceRevision,
    string CorrelationId,
    int Clicks,
    IReadOnlyDictionary<string, int> Hours)
{
    // Metadata is written on the hot path, once per event.
    [ThreadStatic] private static ArrayBufferWriter<byte>? _output;
    [ThreadStatic] private static Utf8JsonWriter? _json;

    /// <summary>As the log keeps it.</summary>
    public byte[] ToJson()
    {
        var output = _output ??= new ArrayBufferWriter<byte>(256);
        output.ResetWrittenCount();
        var json = _json ??= new Utf8JsonWriter(output);
        json.Reset(output);
        json.WriteStartObject();
        json.WriteNumber("schema_version"u8, SchemaVersion);
        json.WriteString("node"u8, Node);
        json.WriteNumber("reference_revision"u8, ReferenceRevision);
        json.WriteString("correlation_id"u8, CorrelationId);
        json.WriteNumber("clicks"u8, Clicks);
        json.WriteStartObject("hours"u8);
        foreach (var (hour, clicks) in Hours) json.WriteNumber(hour, clicks);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote, or what a foreign producer did; null where there is none.</summary>
    public static ClicksRecordedMetadata? FromJson(ReadOnlySpan<byte> json) =>
        json.IsEmpty ? null : JsonSerializer.Deserialize(json, MetadataJson.Default.ClicksRecordedMetadata);

    /// <summary>
    /// <see cref="ReferenceRevision"/> alone, without allocating; −1 where the metadata does not say.
    /// </summary>
    /// <exception cref="FormatException">It is not a JSON object, or says something else than a number.</exception>
    public static long ReadReferenceRevision(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty) return -1;
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new FormatException("The metadata is not a JSON object.");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isRevision = reader.ValueTextEquals("reference_revision"u8);
                reader.Read();
                if (isRevision) return reader.GetInt64();
                reader.Skip();
            }

            return -1;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException("The metadata cannot be read: " + e.Message, e);
        }
    }
}

/// <summary>Reads metadata, generated at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ClicksRecordedMetadata))]
internal sealed partial class MetadataJson : JsonSerializerContext;
