using Adclicks.EventStore;
using Adclicks.Ingestion.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Adclicks.Ingestion.Writing.Spill;

/// <summary>
/// Brings what was spilled into the log, each event once: one that may be there already is looked for by its id first,
/// and a file goes only when all of it is durable in the log.
/// </summary>
internal sealed class SpillReplay(IEventLog log, SpillStore store, ILogger logger)
{
    // Clocks of this machine and of the log may be so far apart.
    private const long ClockSkewMs = 300_000;
    private bool _triedBefore;

    /// <summary>Replays the oldest file; false where there is none.</summary>
    /// <exception cref="EventLogUnavailableException">The log is still down.</exception>
    public async Task<bool> ReplayOldestAsync(CancellationToken cancellationToken)
    {
        if (store.Oldest() is not { } segment) return false;
        var mayBeThere = segment.Records.Where(r => r.InDoubt || segment.IsFromEarlierRun || _triedBefore).ToList();
        _triedBefore = true;
        var stored = await FindStoredAsync(mayBeThere, cancellationToken);
        var missing = segment.Records.Where(r => !stored.Contains(r.Event.Id)).ToList();
        // An append each: the log's limit on one is above any event of ours.
        var appends = missing.ConvertAll(r => new StreamAppend(r.Stream, ExpectedRevision.Any, [r.Event]));
        var results = appends.Count == 0 ? [] : await log.AppendAsync(appends, cancellationToken);
        var refused = results.Count(r => !r.Succeeded);
        if (refused > 0) logger.SpillRefused(segment.Path, refused);
        store.Remove(segment, refused > 0 ? ".refused" : null);
        _triedBefore = false;
        IngestionMetrics.SpillReplayed.Add(missing.Count);
        logger.SpillReplayed(segment.Path, missing.Count, stored.Count);
        return true;
    }

    private async Task<HashSet<Guid>> FindStoredAsync(IReadOnlyList<SpillRecord> records, CancellationToken cancellationToken)
    {
        var found = new HashSet<Guid>();
        foreach (var stream in records.GroupBy(r => r.Stream))
        {
            var wanted = stream.Select(r => r.Event.Id).ToHashSet();
            var notBefore = DateTimeOffset.FromUnixTimeMilliseconds(stream.Min(r => r.PackedAtMs) - ClockSkewMs);
            await foreach (var e in log.ReadAsync(stream.Key, ReadDirection.Backwards, StreamPosition.End, cancellationToken: cancellationToken))
            {
                if (e.Created < notBefore) break;
                if (wanted.Remove(e.Id)) found.Add(e.Id);
                if (wanted.Count == 0) break;
            }
        }

        return found;
    }
}
