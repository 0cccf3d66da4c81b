using Adclicks.Domain.Billing;
using Adclicks.Domain.Dedup;
using Adclicks.Domain.Reference;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;

namespace Adclicks.Projections.Billing;

/// <summary>The books of all partitions, as of one entry of the ledger and of one cut through the log.</summary>
internal sealed class LedgerBooks
{
    private readonly IEventLog _log;
    private readonly int _readers;
    private readonly DedupOptions _dedup;
    private readonly PartitionFollower[] _followers;

    /// <summary>New books, to be read from the beginning of the log.</summary>
    /// <param name="log">The log.</param>
    /// <param name="partitions">Their number.</param>
    /// <param name="history">The ledger so far; may be without rows.</param>
    /// <param name="dedup">By which settings, where the ledger does not say yet.</param>
    /// <param name="reference">The reference data.</param>
    /// <param name="readers">Partitions read at a time.</param>
    public LedgerBooks(IEventLog log, int partitions, CloseHistory history, DedupOptions dedup, ReferenceHistory reference, int readers)
    {
        (_log, _readers) = (log, readers);
        Last = history.Entries.Count == 0 ? null : history.Entries[^1];
        if (Last is not null && Last.Through.Count != partitions)
            throw new InvalidDataException($"The ledger is of a log with {Last.Through.Count} partitions, this one has {partitions}.");
        _dedup = history.DedupOr(dedup);
        _followers = [.. Enumerable.Range(0, partitions).Select(p => new PartitionFollower(log, p, history, _dedup, reference))];
    }

    /// <summary>The entry they go on from.</summary>
    public LedgerEntry? Last { get; private set; }

    /// <summary>Reads all that the log has now, and makes the entries that close all hours through one.</summary>
    public async Task<IReadOnlyList<LedgerEntry>> CloseAsync(int through, long closedAtMs, long referenceThrough, bool evenIfEmpty, CancellationToken cancellationToken)
    {
        var ends = new long[_followers.Length];
        for (var p = 0; p < ends.Length; p++) ends[p] = await _log.GetLastRevisionAsync(StreamNames.Clicks(p), cancellationToken);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, ends.Length),
            new ParallelOptions { MaxDegreeOfParallelism = _readers, CancellationToken = cancellationToken },
            async (p, stop) => await _followers[p].ReadAsync(ends[p], referenceThrough, stop));
        var close = new HourClose(through, closedAtMs, referenceThrough, _dedup);
        return close.Entries([.. _followers.Select(f => f.Book)], [.. _followers.Select(f => f.Revision)], Last, evenIfEmpty);
    }

    /// <summary>The entries are in the ledger.</summary>
    public void Written(LedgerEntry last)
    {
        Last = last with { Rows = [], Adjustments = [] };
        foreach (var follower in _followers) follower.Book.Close(last.ClosedThrough, follower.Revision);
    }
}
