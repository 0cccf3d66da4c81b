namespace Adclicks.Domain.Billing;

/// <summary>Computes hashes and counts of one entry again from its clicks, wherever they were kept. For one thread.</summary>
public sealed class EntryCheck
{
    private readonly CanonicalWriter _scratch = new();
    private readonly AdTable _ads = new();
    private readonly SortedDictionary<int, ClickSet> _clicks = [], _adjustments = [];

    /// <summary>Adds a click; those of a partition in their order.</summary>
    public void Add(in JudgedClick click, bool isAdjustment)
    {
        var sets = isAdjustment ? _adjustments : _clicks;
        if (!sets.TryGetValue(click.Partition, out var set)) sets[click.Partition] = set = new ClickSet(_ads);
        set.Add(click, _scratch);
    }

    /// <summary>The clicks added.</summary>
    public long Count => _clicks.Values.Concat(_adjustments.Values).Sum(s => s.Chain.Count);

    /// <summary>What differs from an entry, in words; empty where nothing does.</summary>
    public IEnumerable<(string What, string Expected, string Found)> Compare(LedgerEntry entry)
    {
        if (!HashOf(_clicks).AsSpan().SequenceEqual(entry.ClicksHash.Span)) yield return ("hash of the clicks", Hex(entry.ClicksHash.Span), Hex(HashOf(_clicks)));
        if (!HashOf(_adjustments).AsSpan().SequenceEqual(entry.AdjustmentsHash.Span)) yield return ("hash of the adjustments", Hex(entry.AdjustmentsHash.Span), Hex(HashOf(_adjustments)));
        foreach (var (row, found) in Differing(entry.Rows, _clicks).Concat(Differing(entry.Adjustments, _adjustments)))
            yield return ($"{row.AdvertiserId}/{row.CampaignId}/{row.AdId}", $"gross {row.Clicks.Gross}, billable {row.Clicks.Billable}", found is null ? "none" : $"gross {found.Gross}, billable {found.Billable}");
    }

    private static IEnumerable<(LedgerRow Row, ClickTally? Found)> Differing(IReadOnlyList<LedgerRow> rows, SortedDictionary<int, ClickSet> sets)
    {
        var found = sets.Values.SelectMany(s => s.Rows).GroupBy(Key).ToDictionary(g => g.Key, g => g.First().Clicks);
        return rows.Select(r => (r, found.GetValueOrDefault(Key(r)))).Where(r => r.Item2 is null || !r.Item2.ByVerdict.SequenceEqual(r.r.Clicks.ByVerdict));
    }

    private static (int, string, string, string) Key(LedgerRow row) => (row.Hour, row.AdvertiserId, row.CampaignId, row.AdId);

    private static byte[] HashOf(SortedDictionary<int, ClickSet> sets) => LedgerHash.OfClicks(sets.Select(s => (s.Key, s.Value.Chain)));

    private static string Hex(ReadOnlySpan<byte> hash) => Convert.ToHexStringLower(hash)[..16] + "…";
}
