using Adclicks.Domain.Billing;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Dedup;
using Adclicks.Domain.Reference;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;

namespace Adclicks.Projections.Reconciliation;

/// <summary>
/// Replays the click streams through the rules alone, and shares the clicks out among the entries of the ledger. Partitions are read
/// several at a time; it can go on where it ended when the log has grown.
/// </summary>
public sealed class LogReplay
{
    private readonly PartitionReplay[] _replays;
    private readonly PartitionAudit[] _audits;
    private readonly ReferenceHistory _reference;
    private readonly List<Difference> _differences = [];
    private readonly LogAudit[] _logAudits;
    private long _clicks, _events;

    /// <summary>A replay from the beginning of the log.</summary>
    /// <param name="partitions">Their number.</param>
    /// <param name="history">The ledger.</param>
    /// <param name="dedup">By which settings, where the ledger does not say.</param>
    /// <param name="reference">The reference data, read to its end.</param>
    /// <param name="range">The first hour to compare, and the one after the last.</param>
    /// <param name="uniques">Gets the clicks besides; may be null.</param>
    /// <param name="rollups">Likewise.</param>
    public LogReplay(int partitions, CloseHistory history, DedupOptions dedup, ReferenceHistory reference, (int From, int To) range, ExactUniques? uniques = null, RollupTotals? rollups = null)
    {
        (_reference, Uniques, Rollups) = (reference, uniques, rollups);
        if (history.Entries.Count > 0 && history.Entries[0].Through.Count != partitions)
            throw new InvalidDataException($"The ledger is of a log with {history.Entries[0].Through.Count} partitions, this one has {partitions}.");
        dedup = history.DedupOr(dedup);
        _replays = [.. Enumerable.Range(0, partitions).Select(p => new PartitionReplay(p, dedup, reference))];
        _audits = [.. Enumerable.Range(0, partitions).Select(p => new PartitionAudit(p, history, range.From, range.To))];
        _logAudits = [.. Enumerable.Range(0, partitions).Select(_ => new LogAudit())];
    }

    /// <summary>Clicks and events so far, while it runs too.</summary>
    public (long Clicks, long Events) Progress => (Volatile.Read(ref _clicks), Volatile.Read(ref _events));

    /// <summary>Per partition the last revision replayed; −1 for none.</summary>
    public IReadOnlyList<long> Revisions => [.. _replays.Select(r => r.Revision)];

    /// <summary>The clicks, shared out.</summary>
    public IReadOnlyList<PartitionAudit> Audits => _audits;

    /// <summary>Per partition what a count of the events, of whatever kind, should say of the range.</summary>
    public IReadOnlyList<LogAudit> LogAudits => _logAudits;

    /// <summary>Clicks of the range by hour and the name of their verdict.</summary>
    public IReadOnlyDictionary<(int Hour, string Verdict), long> Verdicts(int from, int to) => _audits
        .SelectMany(a => a.Sets.Values).SelectMany(s => s.Rows).Where(r => r.Hour >= from && r.Hour < to)
        .SelectMany(r => r.Clicks.ByVerdict.Select(v => (Key: (r.Hour, v.Key), v.Value)))
        .GroupBy(v => v.Key).ToDictionary(g => g.Key, g => g.Sum(v => v.Value));

    /// <summary>Exact numbers of distinct users and addresses, where wanted.</summary>
    public ExactUniques? Uniques { get; }

    /// <summary>What the rollups should say, where wanted.</summary>
    public RollupTotals? Rollups { get; }

    /// <summary>Events that the log should have and has not.</summary>
    public IReadOnlyList<Difference> Differences => _differences;

    /// <summary>Reads on.</summary>
    /// <param name="log">The log, or a later look at it.</param>
    /// <param name="through">Per partition the last revision to read.</param>
    /// <param name="readers">Partitions read at a time.</param>
    /// <param name="cancellationToken">Stops it; it is then void.</param>
    public Task ReadAsync(IEventLog log, IReadOnlyList<long> through, int readers, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        Enumerable.Range(0, _replays.Length).OrderByDescending(p => through[p] - _replays[p].Revision),
        new ParallelOptions { MaxDegreeOfParallelism = readers, CancellationToken = cancellationToken },
        async (p, stop) => await ReadAsync(log, p, through[p], stop));

    private async Task ReadAsync(IEventLog log, int partition, long through, CancellationToken cancellationToken)
    {
        var (replay, audit) = (_replays[partition], _audits[partition]);
        if (through <= replay.Revision) return;
        var stream = StreamNames.Clicks(partition);
        IJudgedClicks sink = audit;
        if (Uniques is not null) sink = new Both(sink, Uniques.Of(partition));
        if (Rollups is not null) sink = new Both(sink, Rollups.Of(partition));
        var expected = replay.Revision + 1;
        var before = replay.Clicks;
        await foreach (var recorded in log.ReadAsync(stream, ReadDirection.Forwards, expected, through - replay.Revision, cancellationToken))
        {
            if (recorded.Revision > through) break;
            if (recorded.Revision != expected) Missing(stream, expected, recorded.Revision - 1);
            expected = recorded.Revision + 1;
            var known = Math.Min(audit.ReferenceThrough(recorded.Revision) ?? long.MaxValue, _reference.AppliedRevision);
            if (!replay.Apply(recorded.Revision, recorded.Type, recorded.Data.Span, recorded.Metadata.Span, known, sink))
            {
                audit.Refuse(recorded.Revision);
                _logAudits[partition].Refuse(recorded);
            }

            if (recorded.Type == ClicksRecorded.EventType) _logAudits[partition].Through = recorded.Revision;
            Interlocked.Increment(ref _events);
            Interlocked.Add(ref _clicks, replay.Clicks - before);
            before = replay.Clicks;
        }

        if (expected <= through) Missing(stream, expected, through);
    }

    private void Missing(string stream, long first, long last)
    {
        lock (_differences) _differences.Add(new Difference(Difference.Log, null, null, first == last ? $"{stream}@{first}" : $"{stream}@{first}–{last}", "events", "none"));
    }

    private sealed class Both(IJudgedClicks first, IJudgedClicks second) : IJudgedClicks
    {
        public void Add(in JudgedClick click)
        {
            first.Add(click);
            second.Add(click);
        }
    }
}
