using Adclicks.Domain.Dedup;

namespace Adclicks.Domain.Billing;

/// <summary>Makes the entries of a close from the books of all partitions. Pure: the same log and the same cut give the same entries.</summary>
/// <param name="Through">The last hour to close.</param>
/// <param name="ClosedAtMs">Now, in Unix milliseconds.</param>
/// <param name="ReferenceThrough">The last revision of the reference data.</param>
/// <param name="Dedup">The settings the books were made with.</param>
public sealed record HourClose(int Through, long ClosedAtMs, long ReferenceThrough, DedupOptions Dedup)
{
    /// <summary>
    /// One entry per hour with clicks, the oldest first; hours without are closed with the one before. Late clicks are adjustments of
    /// the first. With nothing to tell there are no entries, unless <paramref name="evenIfEmpty"/>: then one for the last hour.
    /// </summary>
    /// <param name="books">One per partition.</param>
    /// <param name="revisions">Per partition what the books were read to; −1 for none.</param>
    /// <param name="previous">The last entry; null where this is the first close.</param>
    /// <param name="evenIfEmpty">Close hours although nothing came.</param>
    public IReadOnlyList<LedgerEntry> Entries(IReadOnlyList<PartitionBook> books, IReadOnlyList<long> revisions, LedgerEntry? previous, bool evenIfEmpty = false)
    {
        if (Through <= (previous?.ClosedThrough ?? BillingHour.None)) return [];
        var hours = books.SelectMany(b => b.OpenHours.TakeWhile(h => h <= Through)).Distinct().Order().ToList();
        if (hours.Count == 0)
        {
            if (!evenIfEmpty && books.All(b => b.Late.Chain.Count == 0)) return [];
            hours.Add(Through);
        }

        var entries = new List<LedgerEntry>();
        for (var i = 0; i < hours.Count; i++)
        {
            var through = i + 1 < hours.Count ? hours[i + 1] - 1 : Through;
            entries.Add(previous = Entry(hours[i], through, books, revisions, previous, isFirst: i == 0));
        }

        return entries;
    }

    private LedgerEntry Entry(int hour, int through, IReadOnlyList<PartitionBook> books, IReadOnlyList<long> revisions, LedgerEntry? previous, bool isFirst)
    {
        var clicks = books.Select((b, p) => (Partition: p, Set: b.Find(hour))).Where(b => b.Set is not null).Select(b => (b.Partition, b.Set!)).ToList();
        var late = isFirst ? books.Select((b, p) => (p, b.Late)).ToList() : [];
        var entry = new LedgerEntry
        {
            Hour = hour,
            ClosedThrough = through,
            ClosedAtMs = ClosedAtMs,
            ReferenceThrough = ReferenceThrough,
            Dedup = Dedup,
            After = previous?.Through ?? [.. revisions.Select(_ => -1L)],
            Through = revisions,
            RefusedEvents = isFirst ? books.Sum(b => b.RefusedEvents) : 0,
            Rows = RowsOf(clicks),
            Adjustments = RowsOf(late),
            ClicksHash = HashOf(clicks),
            AdjustmentsHash = HashOf(late),
            PreviousHash = previous?.Hash ?? LedgerHash.Beginning,
        };
        return entry with { Hash = LedgerHash.Of(entry) };
    }

    private static IReadOnlyList<LedgerRow> RowsOf(IEnumerable<(int, ClickSet Set)> sets) => LedgerHash.Order(sets.SelectMany(s => s.Set.Rows));

    private static byte[] HashOf(IEnumerable<(int Partition, ClickSet Set)> sets) => LedgerHash.OfClicks(sets.Select(s => (s.Partition, s.Set.Chain)));
}
