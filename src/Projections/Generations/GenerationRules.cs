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
/// <param name="Part">What of it is projected anew, the rest being that of another generation; null for all. It decides nothing either.</param>
public sealed record GenerationRules(DedupOptions Dedup, long? LatestRevision = null, string? Archive = null, PartialBuild? Part = null)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The revision of the reference data to interpret a click with.</summary>
    /// <param name="recorded">The one it was recorded with.</param>
    public long RevisionFor(long recorded) => Math.Max(recorded, LatestRevision ?? -1);

    /// <summary>Whether the same choices were made, at whatever time.</summary>
    public bool IsLike(GenerationRules other) =>
        LatestRevision.HasValue == other.LatestRevision.HasValue && Judging.ToJson() == other.Judging.ToJson();

    /// <summary>Whether all of it is projected anew, or the same part.</summary>
    internal bool IsOfSamePart(GenerationRules other) => Part is null ? other.Part is null : Part.IsLike(other.Part);

    private GenerationRules Judging => this with { LatestRevision = null, Archive = null, Part = null };

    /// <summary>As the generation keeps it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static GenerationRules Parse(string json) => JsonSerializer.Deserialize<GenerationRules>(json, Json)!;
}
