namespace Adclicks.Projections.Explanation.Index;

/// <summary>Some events of a partition.</summary>
/// <param name="Partition">Of the click streams.</param>
/// <param name="From">The first revision.</param>
/// <param name="Through">The last; <see cref="long.MaxValue"/> for the end of the stream.</param>
public readonly record struct RevisionRange(int Partition, long From, long Through)
{
    /// <summary>All of a partition.</summary>
    public static RevisionRange Whole(int partition) => new(partition, 0, long.MaxValue);
}
