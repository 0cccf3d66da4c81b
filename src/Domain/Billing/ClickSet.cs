using System.Buffers.Binary;
using System.Text;
using Adclicks.Domain.Reference;

namespace Adclicks.Domain.Billing;

/// <summary>
/// Clicks of one partition that one entry of the ledger is about, added up by hour and ad, with the hash over them. For one thread.
/// </summary>
public sealed class ClickSet
{
    private const int StackBytes = 1024;
    private readonly Dictionary<int, Dictionary<byte[], Line>> _hours = [];
    private Dictionary<byte[], Line>? _ads;
    private int _hour = BillingHour.None;

    /// <summary>The hash over its clicks, in log order.</summary>
    public ClickChain Chain { get; } = new();

    /// <summary>The counts, in no order.</summary>
    public IEnumerable<LedgerRow> Rows => _hours.SelectMany(h => h.Value.Values.Select(
        line => new LedgerRow(h.Key, Encoding.UTF8.GetString(line.Advertiser), Encoding.UTF8.GetString(line.Campaign), Encoding.UTF8.GetString(line.Ad), line.Tally)));

    /// <summary>Adds the next click.</summary>
    internal void Add(in JudgedClick click, CanonicalWriter scratch)
    {
        Chain.Add(click, scratch);
        LineOf(click).Tally.Add(click.Verdict.Name, 1);
    }

    private Line LineOf(in JudgedClick click)
    {
        if (click.Hour != _hour || _ads is null)
        {
            _hour = click.Hour;
            if (!_hours.TryGetValue(_hour, out _ads)) _hours[_hour] = _ads = new(Utf8Comparer.Instance);
        }

        var size = (2 * sizeof(int)) + click.AdvertiserId.Length + click.CampaignId.Length + click.Click.AdId.Length;
        Span<byte> key = size <= StackBytes ? stackalloc byte[StackBytes] : new byte[size];
        WriteKey(key, click);
        var lines = _ads.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (lines.TryGetValue(key[..size], out var line)) return line;
        return lines[key[..size]] = new Line(click.AdvertiserId.ToArray(), click.CampaignId.ToArray(), click.Click.AdId.ToArray(), new ClickTally());
    }

    private static void WriteKey(Span<byte> key, in JudgedClick click)
    {
        BinaryPrimitives.WriteInt32LittleEndian(key, click.AdvertiserId.Length);
        BinaryPrimitives.WriteInt32LittleEndian(key[4..], click.CampaignId.Length);
        click.AdvertiserId.CopyTo(key[8..]);
        click.CampaignId.CopyTo(key[(8 + click.AdvertiserId.Length)..]);
        click.Click.AdId.CopyTo(key[(8 + click.AdvertiserId.Length + click.CampaignId.Length)..]);
    }

    private sealed record Line(byte[] Advertiser, byte[] Campaign, byte[] Ad, ClickTally Tally);
}
