namespace Adclicks.Projections;

/// <summary>The number of click streams of the log (<c>EventStore:Partitions</c>).</summary>
public sealed record LogPartitions(int Count);
