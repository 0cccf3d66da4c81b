using Adclicks.Domain.Streams;

namespace Adclicks.EventStore.Reference;

/// <summary>Settings of the feed, from the section <c>EventStore</c>.</summary>
public sealed class ReferenceFeedOptions
{
    /// <summary>
    /// The number of click streams, 1 to 1,000 (default 64). Fixed with the first start on a log; another number on the
    /// same log is refused.
    /// </summary>
    public int Partitions { get; set; } = Partitioner.DefaultCount;

    /// <summary>
    /// How long a start waits for the reference data, in milliseconds (default 10,000; 0 not at all). Where the log
    /// cannot be reached by then, the start goes on without, and is not ready until it has it.
    /// </summary>
    public int ReferenceStartTimeoutMs { get; set; } = 10_000;

    /// <summary>The wait before reading on after the log failed, in milliseconds (default 500).</summary>
    public int ReferenceRetryMs { get; set; } = 500;

    /// <summary>What is wrong with the settings, naming the key; null for nothing.</summary>
    public string? Problem()
    {
        if (Partitions is < 1 or > Partitioner.MaxCount)
            return $"EventStore:Partitions must be from 1 to {Partitioner.MaxCount}; it is {Partitions}.";
        if (ReferenceStartTimeoutMs is < 0 or > 600_000) return "EventStore:ReferenceStartTimeoutMs must be from 0 to 600000.";
        return ReferenceRetryMs is < 1 or > 60_000 ? "EventStore:ReferenceRetryMs must be from 1 to 60000." : null;
    }
}
