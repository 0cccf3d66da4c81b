namespace Adclicks.Projections.Generations;

/// <summary>One complete set of read models.</summary>
/// <param name="Id">From 1; names its schema.</param>
/// <param name="State"><c>active</c>, <c>building</c> or <c>retired</c>.</param>
/// <param name="Lanes">Fixed when it was made.</param>
/// <param name="Partitions">Of the log it is built from.</param>
/// <param name="Rules">What its verdicts depend on; fixed when it was made.</param>
public sealed record Generation(int Id, string State, int Lanes, int Partitions, GenerationRules Rules)
{
    /// <summary>The one that reports read.</summary>
    public const string Active = "active";

    /// <summary>Being built beside the active one.</summary>
    public const string Building = "building";

    /// <summary>Was active once.</summary>
    public const string Retired = "retired";

    /// <summary>The partitions of a lane: every <see cref="Lanes"/>th.</summary>
    public IEnumerable<int> PartitionsOf(int lane) => Enumerable.Range(0, Partitions).Where(p => p % Lanes == lane);
}
