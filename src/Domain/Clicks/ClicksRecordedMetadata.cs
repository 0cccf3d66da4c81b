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
    /// <summary>As the log keeps it.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, MetadataJson.Default.ClicksRecordedMetadata);

    /// <summary>Reads what <see cref="ToJson"/> wrote, or what a foreign producer did; null where there is none.</summary>
    public static ClicksRecordedMetadata? FromJson(ReadOnlySpan<byte> json) =>
        json.IsEmpty ? null : JsonSerializer.Deserialize(json, MetadataJson.Default.ClicksRecordedMetadata);
}

/// <summary>Generated at build time: metadata is written on the hot path.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ClicksRecordedMetadata))]
internal sealed partial class MetadataJson : JsonSerializerContext;
