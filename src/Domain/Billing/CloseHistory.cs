using Adclicks.Domain.Dedup;

namespace Adclicks.Domain.Billing;

/// <summary>
/// Which entry of the ledger a click belongs to. Each close moves two things on, and never back: the last hour closed, and per partition
/// the last revision covered. A click belongs to the first entry that both cover its revision and close its hour. Where its hour was
/// closed by an earlier one, it is an adjustment there. So every click belongs to one entry, or to none yet, and anyone who has the
/// entries knows to which.
/// </summary>
public sealed class CloseHistory
{
    private readonly List<LedgerEntry> _entries = [];

    /// <summary>The entries, the oldest first.</summary>
    public IReadOnlyList<LedgerEntry> Entries => _entries;

    /// <summary>The last hour closed; <see cref="BillingHour.None"/> before the first.</summary>
    public int ClosedThrough => _entries.Count == 0 ? BillingHour.None : _entries[^1].ClosedThrough;

    /// <summary>The settings all of it was counted by; <paramref name="otherwise"/> before the first entry.</summary>
    public DedupOptions DedupOr(DedupOptions otherwise) => _entries.Count == 0 ? otherwise : _entries[0].Dedup;

    /// <summary>
    /// The entry a click belongs to (the number of entries where none has it yet), and whether as an adjustment: its hour was closed before.
    /// </summary>
    public (int Entry, bool IsLate) PlaceOf(int partition, in JudgedClick click) => PlaceOf(partition, click.Revision, click.Hour);

    /// <summary>The same, of a click in an event of this revision and of this hour.</summary>
    public (int Entry, bool IsLate) PlaceOf(int partition, long revision, int hour)
    {
        var (covering, closing) = (FirstCovering(partition, revision), FirstClosing(hour));
        return (Math.Max(covering, closing), covering > closing);
    }

    /// <summary>
    /// The last revision of the reference data that an event could have been recorded with, by the entry that covers it;
    /// <paramref name="otherwise"/> where none does.
    /// </summary>
    public long ReferenceThrough(int partition, long revision, long otherwise) =>
        FirstCovering(partition, revision) is var entry && entry < _entries.Count ? _entries[entry].ReferenceThrough : otherwise;

    /// <summary>Adds the next entry.</summary>
    /// <exception cref="InvalidDataException">It goes back behind the one before.</exception>
    public void Add(LedgerEntry entry)
    {
        if (entry.Hour <= ClosedThrough || entry.ClosedThrough < entry.Hour)
            throw new InvalidDataException($"The ledger closes {BillingHour.Text(entry.Hour)} after {BillingHour.Text(Math.Max(0, ClosedThrough))}.");
        if (entry.After.Count != entry.Through.Count || (_entries.Count > 0 && entry.Through.Count != _entries[0].Through.Count))
            throw new InvalidDataException($"The ledger gives {entry.Through.Count} partitions at {BillingHour.Text(entry.Hour)}.");
        for (var p = 0; _entries.Count > 0 && p < entry.Through.Count; p++)
        {
            if (entry.Through[p] < _entries[^1].Through[p]) throw new InvalidDataException($"The ledger goes back in partition {p} at {BillingHour.Text(entry.Hour)}.");
        }

        _entries.Add(entry);
    }

    /// <summary>The first entry that closes an hour; the number of entries where none does.</summary>
    public int FirstClosing(int hour)
    {
        var (low, high) = (0, _entries.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_entries[middle].ClosedThrough < hour) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    /// <summary>The first entry that covers a revision of a partition; the number of entries where none does.</summary>
    public int FirstCovering(int partition, long revision)
    {
        var (low, high) = (0, _entries.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_entries[middle].Through[partition] < revision) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
