using Adclicks.Domain.Billing;
using Adclicks.EventStore;
using Adclicks.Projections.Billing;

namespace Adclicks.Projections.Archive;

/// <summary>The ledger as the archiver goes by it: entries without their rows, the number of their clicks, and where they are.</summary>
internal sealed class ArchiveLedger
{
    private readonly List<(long Clicks, long LastRevision)> _entries = [];

    public CloseHistory History { get; } = new();

    public int Count => _entries.Count;

    /// <summary>All of it.</summary>
    public static async Task<ArchiveLedger> ReadAsync(IEventLog log, CancellationToken cancellationToken)
    {
        var ledger = new ArchiveLedger();
        await ledger.ReadOnAsync(log, cancellationToken);
        return ledger;
    }

    /// <summary>Reads what was written since.</summary>
    public async Task ReadOnAsync(IEventLog log, CancellationToken cancellationToken)
    {
        await foreach (var (revision, entry) in new LedgerStore(log).ReadAsync(FirstRevisionOf(Count), cancellationToken))
        {
            History.Add(entry with { Rows = [], Adjustments = [] });
            _entries.Add((entry.Rows.Concat(entry.Adjustments).Sum(r => r.Clicks.Gross), revision));
        }
    }

    public LedgerEntry this[int entry] => History.Entries[entry];

    /// <summary>The hash of an entry, in hexadecimal.</summary>
    public string HashOf(int entry) => Convert.ToHexStringLower(this[entry].Hash.Span);

    /// <summary>Where on <c>billing</c> the parts of an entry begin.</summary>
    public long FirstRevisionOf(int entry) => entry == 0 ? 0 : _entries[entry - 1].LastRevision + 1;

    /// <summary>Per partition what the entries before one cover.</summary>
    public long CoveredBefore(int entry, int partition) => entry == 0 ? -1 : this[entry - 1].Through[partition];

    /// <summary>The end of as many whole closes as have no more than so many clicks; of one at least.</summary>
    public int EndOfCloses(int first, int maxClicks)
    {
        var (end, clicks) = (first, 0L);
        do
        {
            var close = EndOfClose(end);
            for (; end < close; end++) clicks += _entries[end].Clicks;
        }
        while (end < Count && clicks + ClicksOf(end, EndOfClose(end)) <= maxClicks);
        return end;
    }

    /// <summary>The end of as many entries as have no more than so many clicks; of one at least.</summary>
    public int EndOfPart(int first, int end, int maxClicks)
    {
        var to = first + 1;
        for (var clicks = _entries[first].Clicks; to < end && clicks + _entries[to].Clicks <= maxClicks; to++) clicks += _entries[to].Clicks;
        return to;
    }

    /// <summary>The entries of one close have the same cut.</summary>
    private int EndOfClose(int first)
    {
        var end = first + 1;
        while (end < Count && this[end].Through.SequenceEqual(this[first].Through)) end++;
        return end;
    }

    private long ClicksOf(int first, int end)
    {
        long clicks = 0;
        for (var e = first; e < end; e++) clicks += _entries[e].Clicks;
        return clicks;
    }
}
