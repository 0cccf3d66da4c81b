namespace Adclicks.Projections.Status;

/// <summary>How far projections are.</summary>
public interface IProjectionStatus
{
    /// <summary>Reads it from PostgreSQL and the log; null before the first generation is made.</summary>
    Task<ProjectionStatus?> GetAsync(CancellationToken cancellationToken = default);
}

/// <summary>The state of the active generation.</summary>
/// <param name="Generation">Its id.</param>
/// <param name="ClicksProjected">Clicks in its rollups, duplicates included.</param>
/// <param name="DeadLetters">Events set aside.</param>
/// <param name="UnknownEvents">Events skipped because of their type.</param>
/// <param name="FreshUntil">Every click acknowledged before is in the rollups; null until all lanes have said so once.</param>
/// <param name="Partitions">In order.</param>
/// <param name="Dropped">What retention has taken from its rollups.</param>
public sealed record ProjectionStatus(
    int Generation,
    long ClicksProjected,
    long DeadLetters,
    long UnknownEvents,
    DateTimeOffset? FreshUntil,
    IReadOnlyList<PartitionStatus> Partitions,
    IReadOnlyList<DroppedTimes> Dropped);

/// <summary>Times of which there are no longer all counts of a granularity.</summary>
/// <param name="Granularity">Its name.</param>
/// <param name="From">The first.</param>
/// <param name="To">Not included.</param>
public sealed record DroppedTimes(string Granularity, DateTimeOffset From, DateTimeOffset To);

/// <summary>One partition.</summary>
/// <param name="Partition">From 0.</param>
/// <param name="Lane">The lane it belongs to.</param>
/// <param name="Revision">The last revision projected; −1 for none.</param>
/// <param name="LastRevision">The last revision in the log; −1 for none.</param>
/// <param name="Clicks">Clicks projected.</param>
/// <param name="SeenAt">Just before the log was asked for its last revision: where none is left, all acknowledged before is projected.</param>
public sealed record PartitionStatus(int Partition, int Lane, long Revision, long LastRevision, long Clicks, DateTimeOffset SeenAt)
{
    /// <summary>Events in the log that are not projected.</summary>
    public long Lag => Math.Max(0, LastRevision - Revision);
}
