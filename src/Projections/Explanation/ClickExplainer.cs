using Adclicks.Domain.Dedup;
using Adclicks.Domain.Reference;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;

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
        var covered = await CoveredReplay.OpenAsync(log, reference, dedup, cancellationToken);
        var explained = new List<(ClickAddress Address, Explanation Explanation)>();
        await Parallel.ForEachAsync(
            addresses.GroupBy(a => a.Partition),
            new ParallelOptions { MaxDegreeOfParallelism = readers, CancellationToken = cancellationToken },
            async (group, stop) =>
            {
                var found = await ExplainAsync(group.Key, [.. group], covered, stop);
                lock (explained) explained.AddRange(found);
            });
        return [.. explained.OrderBy(e => e.Address.Partition).ThenBy(e => e.Address.Revision).ThenBy(e => e.Address.Index).Select(e => e.Explanation)];
    }

    private async Task<IReadOnlyList<(ClickAddress, Explanation)>> ExplainAsync(
        int partition, IReadOnlyList<ClickAddress> targets, CoveredReplay covered, CancellationToken cancellationToken)
    {
        var interest = await InterestAsync(StreamNames.Clicks(partition), targets, cancellationToken);
        var sink = new ExplainingSink(targets, interest, covered.History, reference, covered.Dedup);
        await covered.ReadAsync(partition, targets.Max(t => t.Revision), sink, next => sink.Metadata = next.Metadata, cancellationToken);
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
