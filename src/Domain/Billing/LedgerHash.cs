using System.Security.Cryptography;
using System.Text;

namespace Adclicks.Domain.Billing;

/// <summary>The hashes of the ledger, over the layouts that <c>docs/billing.md</c> gives.</summary>
public static class LedgerHash
{
    /// <summary>What the hash of an entry begins with; another layout gets another.</summary>
    public const string Layout = "adclicks-ledger-1";

    /// <summary>What the first entry gives for the one before.</summary>
    public static ReadOnlyMemory<byte> Beginning { get; } = new byte[SHA256.HashSizeInBytes];

    /// <summary>Over the clicks of several partitions: number, count and hash of each that has any, in their order.</summary>
    public static byte[] OfClicks(IEnumerable<(int Partition, ClickChain Chain)> chains)
    {
        var writer = new CanonicalWriter();
        foreach (var (partition, chain) in chains.Where(c => c.Chain.Count > 0).OrderBy(c => c.Partition))
        {
            writer.Number(partition);
            writer.Number(chain.Count);
            writer.Raw(chain.Hash);
        }

        return SHA256.HashData(writer.Written);
    }

    /// <summary>Over an entry, the hash of the one before included.</summary>
    public static byte[] Of(LedgerEntry entry)
    {
        var writer = new CanonicalWriter();
        writer.Text(Layout);
        writer.Raw(entry.PreviousHash.Span);
        writer.Number(BillingHour.StartMs(entry.Hour));
        writer.Number(BillingHour.StartMs(entry.ClosedThrough));
        writer.Number(entry.ClosedAtMs);
        writer.Number(entry.ReferenceThrough);
        writer.Number(entry.Dedup.WindowMs);
        writer.Number(entry.Dedup.MemoryClicks);
        writer.Number(entry.Dedup.MemoryMs);
        writer.Number(entry.Through.Count);
        for (var p = 0; p < entry.Through.Count; p++)
        {
            writer.Number(entry.After[p]);
            writer.Number(entry.Through[p]);
        }

        writer.Number(entry.RefusedEvents);
        writer.Raw(entry.ClicksHash.Span);
        writer.Raw(entry.AdjustmentsHash.Span);
        Write(writer, entry.Rows);
        Write(writer, entry.Adjustments);
        return SHA256.HashData(writer.Written);
    }

    /// <summary>The order of rows: by hour, then by advertiser, campaign and ad as UTF-8.</summary>
    public static IReadOnlyList<LedgerRow> Order(IEnumerable<LedgerRow> rows) =>
        [.. rows.OrderBy(r => r.Hour).ThenBy(r => r.AdvertiserId, Utf8Order).ThenBy(r => r.CampaignId, Utf8Order).ThenBy(r => r.AdId, Utf8Order)];

    private static readonly Comparer<string> Utf8Order =
        Comparer<string>.Create((x, y) => Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y)));

    private static void Write(CanonicalWriter writer, IReadOnlyList<LedgerRow> rows)
    {
        writer.Number(rows.Count);
        foreach (var row in rows)
        {
            writer.Number(BillingHour.StartMs(row.Hour));
            writer.Text(row.AdvertiserId);
            writer.Text(row.CampaignId);
            writer.Text(row.AdId);
            var verdicts = row.Clicks.ByVerdict.OrderBy(v => v.Key, Utf8Order).ToList();
            writer.Number(verdicts.Count);
            foreach (var (name, clicks) in verdicts)
            {
                writer.Text(name);
                writer.Number(clicks);
            }
        }
    }
}
