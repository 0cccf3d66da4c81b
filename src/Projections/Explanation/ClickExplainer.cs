using Adclicks.Domain.Billing;
using Adclicks.Domain.Dedup;
using Adclicks.Domain.Reference;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Projections.Billing;

namespace Adclicks.Projections.Explanation;

/// <summary>Explains clicks by replaying their partitions up to them: by the rules alone, as <c>reconcile</c> counts.</summary>
/// <param name="log">The log.</param>
/// <param name="reference">The reference data, read to its end.</param>
/// <param name="dedup">By which settings, where the ledger does not say.</param>
public sealed class ClickExplainer(IEventLog log, ReferenceHistory reference, DedupOptions dedup)
{
    /// <summary>Explains clicks, in the order of their addresses.</summary>
    /// <param name="addresses">Where they are.</param>
    /// <param name="readers">Partitions read at a time.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<IReadOnlyList<Explanation>> ExplainAsync(IEnumerable<ClickAddress> addresses, int readers, CancellationToken cancellationToken)
    {
        var history = new CloseHistory();
        await foreach (var (_, entry) in new LedgerStore(log).ReadAsync(0, cancellationToken)) history.Add(entry with { Rows = [], Adjustments = [] });
        var settings = history.DedupOr(dedup);
        var explained = new List<(ClickAddress Address, Explanation Explanation)>();
        await Parallel.ForEachAsync(
            addresses.GroupBy(a => a.Partition),
            new ParallelOptions { MaxDegreeOfParallelism = readers, CancellationToken = cancellationToken },
            async (group, stop) =>
            {
                var found = await ExplainAsync(group.Key, [.. group], history, settings, stop);
                lock (explained) explained.AddRange(found);
            });
        return [.. explained.OrderBy(e => e.Address.Partition).ThenBy(e => e.Address.Revision).ThenBy(e => e.Address.Index).Select(e => e.Explanation)];
    }

    private async Task<IReadOnlyList<(ClickAddress, Explanation)>> ExplainAsync(
        int partition, IReadOnlyList<ClickAddress> targets, CloseHistory history, DedupOptions settings, CancellationToken cancellationToken)
    {
        var stream = StreamNames.Clicks(partition);
        var sink = new ExplainingSink(targets, await InterestAsync(stream, targets, cancellationToken), history, reference, settings);
        var replay = new PartitionReplay(partition, settings, reference);
        await foreach (var recorded in log.ReadAsync(stream, ReadDirection.Forwards, 0, targets.Max(t => t.Revision) + 1, cancellationToken))
        {
            var known = Math.Min(history.ReferenceThrough(partition, recorded.Revision, otherwise: long.MaxValue), reference.AppliedRevision);
            sink.Metadata = recorded.Metadata;
            replay.Apply(recorded.Revision, recorded.Type, recorded.Data.Span, recorded.Metadata.Span, known, sink);
        }

        return sink.Explained;
    }

    /// <summary>Whose clicks are to be remembered on the way.</summary>
    private async Task<HashSet<string>> InterestAsync(string stream, IEnumerable<ClickAddress> targets, CancellationToken cancellationToken)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var group in targets.GroupBy(t => t.Revision))
        {
            await foreach (var recorded in log.ReadAsync(stream, ReadDirection.Forwards, group.Key, 1, cancellationToken))
            {
                var index = 0;
                foreach (var click in Domain.Clicks.ClicksRecorded.Read(recorded.Data.Span))
                {
                    if (group.Any(t => t.Index == index)) keys.UnionWith(SourceKeys.Of(click));
                    index++;
                }
            }
        }

        return keys;
    }
}
