using Adclicks.Domain.Rollups;
using Adclicks.Projections.Schema;

namespace Adclicks.Projections.Generations;

/// <summary>One complete set of read models.</summary>
/// <param name="Id">From 1; names its schema.</param>
/// <param name="State"><c>active</c>, <c>building</c>, <c>standby</c> or <c>retired</c>; all but the last are projected.</param>
/// <param name="Lanes">Fixed when it was made.</param>
/// <param name="Partitions">Of the log it is built from.</param>
/// <param name="Rules">What its verdicts depend on; fixed when it was made.</param>
/// <param name="Cuboids">Its rollups; fixed when it was made.</param>
/// <param name="CreatedAt">When that was.</param>
/// <param name="ActivatedAt">When it last became the one that reports read; null where it never did.</param>
public sealed record Generation(
    int Id, string State, int Lanes, int Partitions, GenerationRules Rules, IReadOnlyList<Cuboid> Cuboids, DateTimeOffset CreatedAt, DateTimeOffset? ActivatedAt = null)
{
    /// <summary>The one that reports read.</summary>
    public const string Active = "active";

    /// <summary>Being built beside the active one.</summary>
    public const string Building = "building";

    /// <summary>Was active once, and is brought up to date to be it again.</summary>
    public const string Standby = "standby";

    /// <summary>Was active once; it stands still.</summary>
    public const string Retired = "retired";

    /// <summary>Its rollup tables.</summary>
    internal IReadOnlyList<RollupShape> Shapes { get; } = RollupShape.Make(Cuboids);

    /// <summary>The partitions of a lane: every <see cref="Lanes"/>th.</summary>
    public IEnumerable<int> PartitionsOf(int lane) => Enumerable.Range(0, Partitions).Where(p => p % Lanes == lane);
}
