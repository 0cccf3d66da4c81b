using System.Text.Json;
using Adclicks.Domain.Dedup;

namespace Adclicks.Projections.Generations;

/// <summary>
/// What the verdicts of a generation depend on besides the log. Fixed when it is made, so that restarts, other processes
/// and other configuration give the same: a change of settings takes a rebuild.
/// </summary>
/// <param name="Dedup">What counts as a duplicate, and what is remembered.</param>
/// <param name="LatestRevision">
/// Clicks recorded with an older revision of the reference data are interpreted with this one; null for each with its own.
/// </param>
/// <param name="Archive">Where the events are read from, as far as it has them; null for the log. It decides nothing: they are the same.</param>
public sealed record GenerationRules(DedupOptions Dedup, long? LatestRevision = null, string? Archive = null)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The revision of the reference data to interpret a click with.</summary>
    /// <param name="recorded">The one it was recorded with.</param>
    public long RevisionFor(long recorded) => Math.Max(recorded, LatestRevision ?? -1);

    /// <summary>Whether the same choices were made, at whatever time.</summary>
    public bool IsLike(GenerationRules other) =>
        LatestRevision.HasValue == other.LatestRevision.HasValue && (this with { LatestRevision = null, Archive = null }).ToJson() == (other with { LatestRevision = null, Archive = null }).ToJson();

    /// <summary>As the generation keeps it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static GenerationRules Parse(string json) => JsonSerializer.Deserialize<GenerationRules>(json, Json)!;
}
