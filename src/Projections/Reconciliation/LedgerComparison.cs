using Adclicks.Domain.Billing;

namespace Adclicks.Projections.Reconciliation;

/// <summary>Compares the ledger with what a replay of the log gives.</summary>
public static class LedgerComparison
{
    /// <summary>The differences, by entry.</summary>
    /// <param name="history">The ledger, with the rows of the range.</param>
    /// <param name="replay">The replay; read at least as far as the ledger covers.</param>
    /// <param name="from">The first hour to compare.</param>
    /// <param name="to">The hour after the last.</param>
    public static IReadOnlyList<Difference> Compare(CloseHistory history, LogReplay replay, int from, int to)
    {
        var differences = new List<Difference>();
        for (var i = history.FirstClosing(from); i < history.Entries.Count; i++)
        {
            var entry = history.Entries[i];
            if (entry.Hour >= to) break;
            if (entry.Hour < from) continue;
            Compare(Difference.Ledger, entry, entry.Rows, entry.ClicksHash, Sets(replay, i, isLate: false), differences);
            Compare(Difference.Adjustments, entry, entry.Adjustments, entry.AdjustmentsHash, Sets(replay, i, isLate: true), differences);
            var refused = replay.Audits.Sum(a => a.RefusedEvents.GetValueOrDefault(i));
            if (refused != entry.RefusedEvents) differences.Add(new Difference(Difference.Ledger, entry.Hour, null, "refused events", $"{refused}", $"{entry.RefusedEvents}"));
        }

        return [.. differences, .. Unwritten(history, replay, from, to)];
    }

    private static List<(int Partition, ClickSet Set)> Sets(LogReplay replay, int entry, bool isLate) =>
        [.. replay.Audits.Select((a, p) => (Partition: p, Set: a.Sets.GetValueOrDefault((entry, isLate)))).Where(s => s.Set is not null).Select(s => (s.Partition, s.Set!))];

    private static void Compare(
        string where, LedgerEntry entry, IReadOnlyList<LedgerRow> rows, ReadOnlyMemory<byte> hash, List<(int Partition, ClickSet Set)> sets, List<Difference> differences)
    {
        var expected = ByKey(sets.SelectMany(s => s.Set.Rows));
        var found = ByKey(rows);
        foreach (var key in expected.Keys.Union(found.Keys).OrderBy(k => k.Hour).ThenBy(k => k.AdvertiserId, StringComparer.Ordinal).ThenBy(k => k.AdId, StringComparer.Ordinal))
        {
            var (should, does) = (Text(expected.GetValueOrDefault(key)), Text(found.GetValueOrDefault(key)));
            if (should != does) differences.Add(new Difference(where, key.Hour, key.AdvertiserId, $"{key.CampaignId}/{key.AdId}", should, does));
        }

        var computed = LedgerHash.OfClicks(sets.Select(s => (s.Partition, s.Set.Chain)));
        if (!hash.Span.SequenceEqual(computed))
            differences.Add(new Difference(where, entry.Hour, null, "hash of the clicks", LedgerCopy.Hex(computed), LedgerCopy.Hex(hash), Difference.AdvertisersOf(entry)));
    }

    /// <summary>Clicks of an hour that is closed, and of which no entry says anything: the entry is gone.</summary>
    private static IEnumerable<Difference> Unwritten(CloseHistory history, LogReplay replay, int from, int to) =>
        from audit in replay.Audits
        from set in audit.Sets
        where set.Key.Entry < history.Entries.Count && !set.Key.IsLate
        from row in set.Value.Rows
        where row.Hour >= @from && row.Hour < to && row.Hour != history.Entries[set.Key.Entry].Hour
        select new Difference(Difference.Ledger, row.Hour, row.AdvertiserId, Difference.CampaignAndAd(row), Text(row.Clicks), "no entry of its hour");

    private static Dictionary<RowKey, ClickTally> ByKey(IEnumerable<LedgerRow> rows)
    {
        var byKey = new Dictionary<RowKey, ClickTally>();
        foreach (var row in rows)
        {
            if (!byKey.TryGetValue(RowKey.Of(row), out var tally)) byKey[RowKey.Of(row)] = tally = new ClickTally();
            tally.Add(row.Clicks);
        }

        return byKey;
    }

    private static string Text(ClickTally? tally) =>
        tally is null ? "none" : string.Join(", ", tally.ByVerdict.Where(v => v.Value != 0).Select(v => $"{v.Key} {v.Value}"));
}

/// <summary>What counts are kept by.</summary>
public readonly record struct RowKey(int Hour, string AdvertiserId, string CampaignId, string AdId)
{
    /// <summary>The key of a row.</summary>
    public static RowKey Of(LedgerRow row) => new(row.Hour, row.AdvertiserId, row.CampaignId, row.AdId);
}
