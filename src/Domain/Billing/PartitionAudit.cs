namespace Adclicks.Domain.Billing;

/// <summary>
/// Shares the clicks of one partition out among the entries of a ledger that is already there, to compare it with. Only what bears on a
/// range of hours is kept. For one thread.
/// </summary>
/// <param name="partition">Its number.</param>
/// <param name="history">The ledger.</param>
/// <param name="from">The first hour of the range.</param>
/// <param name="to">The hour after the last.</param>
public sealed class PartitionAudit(int partition, CloseHistory history, int from, int to) : IJudgedClicks
{
    private readonly CanonicalWriter _scratch = new();
    private readonly AdTable _ads = new();
    private readonly Dictionary<(int Entry, bool IsLate), ClickSet> _sets = [];
    private (long Revision, int Entry) _covering = (-1, 0);
    private (int Hour, int Entry) _closing = (BillingHour.None, 0);

    /// <summary>Clicks by the entry they belong to (the number of entries for those that belong to none yet), and whether as adjustments.</summary>
    public IReadOnlyDictionary<(int Entry, bool IsLate), ClickSet> Sets => _sets;

    /// <summary>Refused events by entry.</summary>
    public Dictionary<int, long> RefusedEvents { get; } = [];

    /// <summary>Adds the next click.</summary>
    public void Add(in JudgedClick click)
    {
        var covering = CoveringOf(click.Revision);
        var closing = ClosingOf(click.Hour);
        var entry = Math.Max(covering, closing);
        if (!IsInRange(click.Hour) && !(entry < history.Entries.Count && IsInRange(history.Entries[entry].Hour))) return;
        var key = (entry, covering > closing);
        if (!_sets.TryGetValue(key, out var set)) _sets[key] = set = new ClickSet(_ads);
        set.Add(click, _scratch);
    }

    /// <summary>An event was refused.</summary>
    public void Refuse(long revision)
    {
        var entry = CoveringOf(revision);
        RefusedEvents[entry] = RefusedEvents.GetValueOrDefault(entry) + 1;
    }

    /// <summary>The last revision of the reference data that an event could have been recorded with; null where the ledger does not say.</summary>
    public long? ReferenceThrough(long revision) =>
        CoveringOf(revision) is var entry && entry < history.Entries.Count ? history.Entries[entry].ReferenceThrough : null;

    private bool IsInRange(int hour) => hour >= from && hour < to;

    private int CoveringOf(long revision)
    {
        if (_covering.Revision != revision) _covering = (revision, history.FirstCovering(partition, revision));
        return _covering.Entry;
    }

    private int ClosingOf(int hour)
    {
        if (_closing.Hour != hour) _closing = (hour, history.FirstClosing(hour));
        return _closing.Entry;
    }
}
