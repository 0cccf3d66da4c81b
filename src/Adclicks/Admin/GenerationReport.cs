using System.Text.Json.Serialization;
using Adclicks.Projections.Generations;

namespace Adclicks.Admin;

/// <summary>A generation in the answers of <c>/admin/generations</c>, which <c>adclicks generations</c> and <c>rebuild</c> show.</summary>
/// <param name="Id">From 1.</param>
/// <param name="State"><c>active</c>, <c>building</c>, <c>standby</c> or <c>retired</c>.</param>
/// <param name="Rules">What its verdicts depend on besides log and reference data.</param>
/// <param name="CreatedAt">When it was begun.</param>
/// <param name="ActivatedAt">When it last became the one that reports read.</param>
/// <param name="Clicks">Projected so far.</param>
/// <param name="Events">Projected so far.</param>
/// <param name="EventsInLog">To be projected in all.</param>
/// <param name="DeadLetters">Events set aside.</param>
internal sealed record GenerationReport(
    [property: JsonPropertyName("id")] int Id,
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("rules")] GenerationRules Rules,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("activated_at")] DateTimeOffset? ActivatedAt,
    [property: JsonPropertyName("clicks")] long Clicks,
    [property: JsonPropertyName("events")] long Events,
    [property: JsonPropertyName("events_in_log")] long EventsInLog,
    [property: JsonPropertyName("dead_letters")] long DeadLetters)
{
    /// <summary>Nothing is left to do for now.</summary>
    [JsonIgnore]
    public bool IsComplete => Events >= EventsInLog;

    /// <summary>Of a generation and how far it is.</summary>
    public static GenerationReport Of(Generation g, BuildProgress p) =>
        new(g.Id, g.State, g.Rules, g.CreatedAt, g.ActivatedAt, p.Clicks, p.Events, p.EventsInLog, p.DeadLetters);
}

/// <summary>What to build: the body of <c>POST /admin/generations</c>.</summary>
/// <param name="LatestRules">Every click interpreted with the reference data of now.</param>
/// <param name="Archive">Where to read from before the log; null for the log alone.</param>
/// <param name="Partitions">Those to project anew; null for all.</param>
internal sealed record BuildRequest(
    [property: JsonPropertyName("latest_rules")] bool LatestRules = false, [property: JsonPropertyName("archive")] string? Archive = null, [property: JsonPropertyName("partitions")] int[]? Partitions = null);

/// <summary>In which tables two generations differ.</summary>
/// <param name="Generation">The first.</param>
/// <param name="Other">The second.</param>
/// <param name="AreLevel">False where they did not come to be at the same revisions, and were not compared.</param>
/// <param name="Tables">The tables that differ; empty where they are identical.</param>
internal sealed record ComparisonReport(
    [property: JsonPropertyName("generation")] int Generation,
    [property: JsonPropertyName("other")] int Other,
    [property: JsonPropertyName("are_level")] bool AreLevel,
    [property: JsonPropertyName("tables")] IReadOnlyList<TableReport> Tables);

/// <summary>How a table differs: rows that only the one has, or has otherwise.</summary>
internal sealed record TableReport(
    [property: JsonPropertyName("table")] string Table,
    [property: JsonPropertyName("only_in_generation")] long OnlyInGeneration,
    [property: JsonPropertyName("only_in_other")] long OnlyInOther);
