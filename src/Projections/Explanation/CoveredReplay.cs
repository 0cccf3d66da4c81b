using Adclicks.Domain.Billing;
using Adclicks.Domain.Dedup;
using Adclicks.Domain.Reference;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Projections.Billing;

namespace Adclicks.Projections.Explanation;

/// <summary>
/// Replays partitions as the ledger counts them: by the settings of its first entry, and each event by the reference data that the entry
/// that covers it could know. All that explains does it through here, so what is said of a click and of a bucket is the same.
/// </summary>
internal sealed class CoveredReplay
{
    private readonly IEventLog _log;
    private readonly ReferenceHistory _reference;

    private CoveredReplay(IEventLog log, ReferenceHistory reference, CloseHistory history, DedupOptions dedup) =>
        (_log, _reference, History, Dedup) = (log, reference, history, dedup);

    /// <summary>The ledger, without its rows.</summary>
    public CloseHistory History { get; }

    /// <summary>The settings that decide about duplicates.</summary>
    public DedupOptions Dedup { get; }

    /// <summary>Reads the ledger.</summary>
    /// <param name="log">The log.</param>
    /// <param name="reference">The reference data, read to its end.</param>
    /// <param name="dedup">By which settings, where the ledger does not say.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<CoveredReplay> OpenAsync(IEventLog log, ReferenceHistory reference, DedupOptions dedup, CancellationToken cancellationToken)
    {
        var history = new CloseHistory();
        await foreach (var (_, entry) in new LedgerStore(log).ReadAsync(0, cancellationToken)) history.Add(entry with { Rows = [], Adjustments = [] });
        return new CoveredReplay(log, reference, history, history.DedupOr(dedup));
    }

    /// <summary>Replays a partition from its first event on.</summary>
    /// <param name="partition">Which.</param>
    /// <param name="through">The last revision to read.</param>
    /// <param name="sink">Gets the clicks.</param>
    /// <param name="next">Told of each event before its clicks.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task ReadAsync(int partition, long through, IJudgedClicks sink, Action<RecordedEvent>? next, CancellationToken cancellationToken)
    {
        var replay = new PartitionReplay(partition, Dedup, _reference);
        await foreach (var recorded in _log.ReadAsync(StreamNames.Clicks(partition), ReadDirection.Forwards, 0, cancellationToken: cancellationToken))
        {
            if (recorded.Revision > through) break;
            next?.Invoke(recorded);
            var known = Math.Min(History.ReferenceThrough(partition, recorded.Revision, otherwise: long.MaxValue), _reference.AppliedRevision);
            replay.Apply(recorded.Revision, recorded.Type, recorded.Data.Span, recorded.Metadata.Span, known, sink);
        }
    }
}
