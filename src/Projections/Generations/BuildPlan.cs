namespace Adclicks.Projections.Generations;

/// <summary>What generation to build.</summary>
/// <param name="LatestRules">
/// What if: every click is interpreted with the reference data of now, or of its own revision where that is newer.
/// </param>
/// <param name="Archive">Where events are read from as far as it has them, and then from the log: a folder that all projecting processes see, or <c>s3://bucket/prefix</c>; null for the log alone.</param>
/// <param name="Partitions">Of the log, those to project anew, and with them those of the same lanes; the rest is taken over from the active generation. Null for all.</param>
public sealed record BuildPlan(bool LatestRules = false, string? Archive = null, IReadOnlyCollection<int>? Partitions = null);

/// <summary>A generation of which a part is projected anew.</summary>
/// <param name="From">The generation that the rest is taken over from.</param>
/// <param name="Partitions">All of the lanes that are projected anew, in order.</param>
public sealed record PartialBuild(int From, IReadOnlyList<int> Partitions)
{
    /// <summary>The lanes that some partitions belong to, as a whole: what a lane has counted does not come apart again.</summary>
    /// <exception cref="InvalidOperationException">The log has no such partition.</exception>
    public static PartialBuild Of(Generation active, IReadOnlyCollection<int> partitions)
    {
        if (partitions.Where(p => p < 0 || p >= active.Partitions).Cast<int?>().FirstOrDefault() is { } wrong)
            throw new InvalidOperationException($"There is no partition {wrong}: the log has 0 to {active.Partitions - 1}.");
        var lanes = partitions.Select(p => p % active.Lanes).Distinct();
        return new PartialBuild(active.Id, [.. lanes.SelectMany(active.PartitionsOf).Order()]);
    }

    /// <summary>Whether it is the same.</summary>
    public bool IsLike(PartialBuild? other) => other is not null && other.From == From && other.Partitions.SequenceEqual(Partitions);
}
