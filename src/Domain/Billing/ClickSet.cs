using System.Runtime.InteropServices;

namespace Adclicks.Domain.Billing;

/// <summary>
/// Clicks of one partition that one entry of the ledger is about, added up by hour and ad, with the hash over them. For one thread.
/// </summary>
public sealed class ClickSet
{
    private readonly Dictionary<(int Hour, int Ad), ClickTally> _lines = [];
    private readonly AdTable _ads;

    /// <summary>An empty one.</summary>
    /// <param name="ads">Those of the partition; shared, as the same ads come every hour.</param>
    internal ClickSet(AdTable ads) => _ads = ads;

    /// <summary>The hash over its clicks, in log order.</summary>
    public ClickChain Chain { get; } = new();

    /// <summary>The counts, in no order.</summary>
    public IEnumerable<LedgerRow> Rows => _lines.Select(line => RowOf(line.Key.Hour, _ads[line.Key.Ad], line.Value));

    /// <summary>Adds the next click.</summary>
    internal void Add(in JudgedClick click, CanonicalWriter scratch)
    {
        Chain.Add(click, scratch);
        ref var tally = ref CollectionsMarshal.GetValueRefOrAddDefault(_lines, (click.Hour, _ads.NumberOf(click)), out _);
        (tally ??= new ClickTally()).Add(click.Verdict.Name, 1);
    }

    private static LedgerRow RowOf(int hour, AdTable.Placed ad, ClickTally clicks) => new(hour, ad.Advertiser, ad.Campaign, ad.Ad, clicks);
}
