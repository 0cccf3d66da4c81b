namespace Adclicks.EventStore.Reference;

/// <summary>The log was created with another number of click streams than is configured now.</summary>
public sealed class PartitionCountException(int recorded, int configured) : Exception(
    $"This log was created with {recorded} partitions, and EventStore:Partitions says {configured}. The number is fixed: "
    + $"set EventStore:Partitions to {recorded}, or start on a new log.")
{
    /// <summary>The number the log has.</summary>
    public int Recorded { get; } = recorded;
}
