using System.Text.Json.Serialization;

namespace Adclicks.Admin;

/// <summary>The answer of <c>GET /admin/status</c>, which <c>adclicks status</c> shows.</summary>
/// <param name="ClicksLogged">Clicks in the log.</param>
/// <param name="ClicksLoggedIsMinimum">True where the log is so far ahead that not all of it was counted; then the clicks behind are more, too.</param>
/// <param name="ClicksProjected">Clicks in the rollups, duplicates included.</param>
/// <param name="EventsBehind">Events in the log that are not projected, over all partitions.</param>
/// <param name="ClicksBehind">Clicks in them.</param>
/// <param name="LagSeconds">How long ago the oldest click that is not projected was recorded; about 0 where all are; null where it cannot be told.</param>
/// <param name="DeadLetters">Events set aside.</param>
/// <param name="UnknownEvents">Events skipped because of their type.</param>
/// <param name="Generation">The active generation; null before there is one.</param>
/// <param name="FreshUntil">Every click acknowledged before is in the reports; null until that is known.</param>
/// <param name="Partitions">In order.</param>
/// <param name="Dropped">What retention has taken from the rollups.</param>
internal sealed record StatusReport(
    [property: JsonPropertyName("clicks_logged")] long ClicksLogged,
    [property: JsonPropertyName("clicks_logged_is_minimum")] bool ClicksLoggedIsMinimum,
    [property: JsonPropertyName("clicks_projected")] long ClicksProjected,
    [property: JsonPropertyName("events_behind")] long EventsBehind,
    [property: JsonPropertyName("clicks_behind")] long ClicksBehind,
    [property: JsonPropertyName("lag_seconds")] double? LagSeconds,
    [property: JsonPropertyName("dead_letters")] long DeadLetters,
    [property: JsonPropertyName("unknown_events")] long UnknownEvents,
    [property: JsonPropertyName("generation")] int? Generation,
    [property: JsonPropertyName("fresh_until")] DateTimeOffset? FreshUntil,
    [property: JsonPropertyName("partitions")] IReadOnlyList<PartitionReport> Partitions,
    [property: JsonPropertyName("dropped")] IReadOnlyList<DroppedReport> Dropped);

/// <summary>Times of which there are no longer all counts of a granularity; the end is not included.</summary>
internal sealed record DroppedReport(
    [property: JsonPropertyName("granularity")] string Granularity,
    [property: JsonPropertyName("from")] DateTimeOffset From,
    [property: JsonPropertyName("to")] DateTimeOffset To);

/// <summary>
/// One partition. Revisions are −1 for none; <c>lag</c> is in events. Every click acknowledged before its watermark is projected: the time
/// of this answer where all are, else that of the oldest that is not.
/// </summary>
internal sealed record PartitionReport(
    [property: JsonPropertyName("partition")] int Partition,
    [property: JsonPropertyName("lane")] int Lane,
    [property: JsonPropertyName("revision")] long Revision,
    [property: JsonPropertyName("last_revision")] long LastRevision,
    [property: JsonPropertyName("lag")] long Lag,
    [property: JsonPropertyName("clicks")] long Clicks,
    [property: JsonPropertyName("clicks_behind")] long ClicksBehind,
    [property: JsonPropertyName("watermark")] DateTimeOffset? Watermark,
    [property: JsonPropertyName("lag_seconds")] double? LagSeconds);
