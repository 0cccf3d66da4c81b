using Adclicks.Domain.Clicks;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Projections.Status;

namespace Adclicks.Admin;

/// <summary>What of a partition is in the log and not in the rollups, read to be counted.</summary>
/// <param name="Clicks">In those events.</param>
/// <param name="IsAll">False where there are more than were counted.</param>
/// <param name="Watermark">Every click acknowledged before is in the rollups; null where that cannot be told.</param>
internal readonly record struct LogAhead(long Clicks, bool IsAll, DateTimeOffset? Watermark)
{
    /// <summary>Events after the checkpoints that are read to count their clicks; more are not.</summary>
    private const long MaxEventsCounted = 100_000;

    /// <summary>Of each partition, in order.</summary>
    public static async Task<IReadOnlyList<LogAhead>> CountAsync(IEventLog log, IReadOnlyList<PartitionStatus> partitions, CancellationToken cancellationToken)
    {
        var all = new List<LogAhead>(partitions.Count);
        var budget = MaxEventsCounted;
        foreach (var partition in partitions)
        {
            all.Add(partition.Lag == 0 ? new LogAhead(0, true, partition.SeenAt) : await CountAsync(log, partition, budget, cancellationToken));
            budget -= Math.Min(partition.Lag, budget);
        }

        return all;
    }

    private static async Task<LogAhead> CountAsync(IEventLog log, PartitionStatus partition, long budget, CancellationToken cancellationToken)
    {
        long clicks = 0;
        DateTimeOffset? first = null;
        // The first one says how late it is, counted or not.
        var events = log.ReadAsync(StreamNames.Clicks(partition.Partition), ReadDirection.Forwards, partition.Revision + 1, Math.Max(1, Math.Min(partition.Lag, budget)), cancellationToken);
        await foreach (var recorded in events)
        {
            first ??= recorded.Created;
            if (budget > 0) clicks += ClicksIn(recorded);
        }

        return new LogAhead(clicks, partition.Lag <= budget, first);
    }

    private static int ClicksIn(RecordedEvent recorded)
    {
        if (recorded.Type != ClicksRecorded.EventType) return 0;
        var count = 0;
        try
        {
            foreach (var _ in ClicksRecorded.Read(recorded.Data.Span)) count++;
        }
        catch (FormatException)
        {
            // A dead letter to be; its clicks are not countable.
        }

        return count;
    }
}
