namespace Adclicks.Domain.Billing.Statements;

/// <summary>Makes a statement from the entries of the ledger, in their order.</summary>
public sealed class StatementBuilder(string advertiserId, BillingMonth month)
{
    private readonly Dictionary<(DateOnly Day, string Campaign), ClickTally> _lines = [];
    private readonly Dictionary<(int WrittenIn, int Hour, string Campaign), ClickTally> _adjustments = [];
    private readonly ClickTally _total = new();
    private int _closedThrough = BillingHour.None;
    private string? _chainHash;

    /// <summary>The first hour of the month: entries that end before it need not be given.</summary>
    public int FirstHour => month.FirstHour;

    /// <summary>Takes the next entry. False once no later one can bear on the month.</summary>
    public bool Take(LedgerEntry entry)
    {
        if (_closedThrough >= month.EndHour - 1) return false;
        _closedThrough = entry.ClosedThrough;
        _chainHash = Convert.ToHexStringLower(entry.Hash.Span);
        if (entry.Hour < month.FirstHour || entry.Hour >= month.EndHour) return _closedThrough < month.EndHour - 1;
        foreach (var row in entry.Rows.Where(r => r.AdvertiserId == advertiserId))
            Add(_lines, (DateOnly.FromDateTime(BillingHour.Start(row.Hour).UtcDateTime), row.CampaignId), row.Clicks);
        foreach (var row in entry.Adjustments.Where(r => r.AdvertiserId == advertiserId))
            Add(_adjustments, (entry.Hour, row.Hour, row.CampaignId), row.Clicks);
        return _closedThrough < month.EndHour - 1;
    }

    /// <summary>The statement.</summary>
    public Statement Build() => new()
    {
        AdvertiserId = advertiserId,
        Month = month,
        IsFinal = _closedThrough >= month.EndHour - 1,
        ClosedUntil = _closedThrough < month.FirstHour ? null : BillingHour.Start(Math.Min(_closedThrough + 1, month.EndHour)),
        Lines = [.. _lines.OrderBy(l => l.Key.Day).ThenBy(l => l.Key.Campaign, StringComparer.Ordinal).Select(l => new StatementLine(l.Key.Day, l.Key.Campaign, l.Value))],
        Adjustments =
        [
            .. _adjustments.OrderBy(a => a.Key.WrittenIn).ThenBy(a => a.Key.Hour).ThenBy(a => a.Key.Campaign, StringComparer.Ordinal)
                .Select(a => new StatementAdjustment(BillingHour.Start(a.Key.WrittenIn), BillingHour.Start(a.Key.Hour), a.Key.Campaign, a.Value)),
        ],
        Total = _total,
        ChainHash = _chainHash,
    };

    private void Add<TKey>(Dictionary<TKey, ClickTally> tallies, TKey key, ClickTally clicks) where TKey : notnull
    {
        if (!tallies.TryGetValue(key, out var tally)) tallies[key] = tally = new ClickTally();
        tally.Add(clicks);
        _total.Add(clicks);
    }
}
