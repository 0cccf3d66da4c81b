using System.Security.Cryptography;
using System.Text;
using Adclicks.Domain.Billing;
using Adclicks.Domain.Dedup;
using Adclicks.Projections.Archive;
using Adclicks.Projections.Archive.Stores;

namespace Adclicks.Tests.EndToEnd;

/// <summary>What somebody does who may write all of an archive: bills a duplicate, and makes files, ledger and manifest fit, hashes and all.</summary>
internal static class ForgedArchive
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Forges a verdict of the first hour, by the layouts in <c>docs/billing.md</c>. Whose it was.</summary>
    public static async Task<string> BillDuplicateAsync(string folder)
    {
        using var store = new FolderStore(folder);
        var lines = await ArchiveManifest.ReadAsync(store, Token);
        var (clicksLine, eventsLine) = (lines.First(l => l.Rows > 0), Assert.Single(lines, l => !l.IsClicks));
        var clicks = await ParquetTable.ReadAsync((await store.ReadAsync(clicksLine.File, Token))!, Token);
        var verdicts = clicks.Column<string>("verdict");
        var row = Array.FindIndex(verdicts, v => v.StartsWith("duplicate:", StringComparison.Ordinal));
        var (verdict, key) = (verdicts[row], KeyOf(clicks, row));
        verdicts[row] = Verdict.Counted.Name;

        var events = await ParquetTable.ReadAsync((await store.ReadAsync(eventsLine.File, Token))!, Token);
        var hashes = Rewrite(events, entry => Hex(entry.Hash) != clicksLine.EntryHash ? entry : entry with
        {
            Rows = [.. entry.Rows.Select(r => (r.AdvertiserId, r.CampaignId, r.AdId) == key ? r with { Clicks = Moved(r.Clicks, verdict) } : r)],
            ClicksHash = HashOf(clicks),
        });
        var files = new Dictionary<string, byte[]> { [clicksLine.File] = await clicks.WriteAsync(Token), [eventsLine.File] = await events.WriteAsync(Token) };
        foreach (var (name, bytes) in files) await store.WriteAsync(name, bytes, Token);
        Directory.Delete(Path.Combine(folder, "manifest"), recursive: true);
        await ArchiveManifest.AppendAsync(
            store, [], [.. lines.Select(l => (files.TryGetValue(l.File, out var bytes) ? ManifestLine.Of(l.Kind, l.Hour, l.EntryHash, l.File, l.Rows, bytes) : l) with { EntryHash = hashes[l.EntryHash] })], Token);
        return key.Advertiser;
    }

    /// <summary>Writes the ledger anew, each entry behind the one before. The new hash of each old one.</summary>
    private static Dictionary<string, string> Rewrite(ParquetTable events, Func<LedgerEntry, LedgerEntry> change)
    {
        var (streams, revisions, types, data) = (events.Column<string>("stream"), events.Column<long>("revision"), events.Column<string>("type"), events.Column<byte[]>("data"));
        var hashes = new Dictionary<string, string>();
        var (reader, previous) = (new LedgerReader(), LedgerHash.Beginning);
        foreach (var i in Enumerable.Range(0, streams.Length).Where(i => streams[i] == "billing").OrderBy(i => revisions[i]))
        {
            var entry = reader.Take(types[i], data[i])!;
            var forged = change(entry) with { PreviousHash = previous };
            forged = forged with { Hash = LedgerHash.Of(forged) };
            hashes[Hex(entry.Hash)] = Hex(previous = forged.Hash);
            data[i] = Assert.Single(LedgerEvents.ToJson(forged, rowsPerPart: 1_000));
        }

        return hashes;
    }

    private static ClickTally Moved(ClickTally clicks, string verdict)
    {
        var moved = new ClickTally();
        foreach (var (name, count) in clicks.ByVerdict.Where(v => v.Key != verdict || v.Value > 1)) moved.Add(name, name == verdict ? count - 1 : count);
        moved.Add(Verdict.Counted.Name, 1);
        return moved;
    }

    private static byte[] HashOf(ParquetTable clicks)
    {
        using var output = new MemoryStream();
        using var writer = new BinaryWriter(output);
        foreach (var partition in Enumerable.Range(0, clicks.Column<int>("partition").Length).GroupBy(r => clicks.Column<int>("partition")[r]))
        {
            writer.Write((long)partition.Key);
            writer.Write((long)partition.Count());
            writer.Write(partition.Aggregate(new byte[SHA256.HashSizeInBytes], (chain, row) => SHA256.HashData([.. chain, .. Canonical(clicks, row)])));
        }

        return SHA256.HashData(output.ToArray());
    }

    private static byte[] Canonical(ParquetTable clicks, int row)
    {
        using var output = new MemoryStream();
        using var writer = new BinaryWriter(output);
        writer.Write(clicks.Column<long>("revision")[row]);
        writer.Write((long)clicks.Column<int>("index")[row]);
        writer.Write(clicks.Column<long>("clicked_at_ms")[row]);
        foreach (var name in new[] { "advertiser_id", "campaign_id", "ad_id", "verdict" }) WriteBytes(Encoding.UTF8.GetBytes(clicks.Column<string>(name)[row]));
        WriteBytes(clicks.Column<byte[]>("message")[row]);
        return output.ToArray();

        void WriteBytes(byte[] bytes)
        {
            writer.Write(bytes.Length);
            writer.Write(bytes);
        }
    }

    private static (string Advertiser, string Campaign, string Ad) KeyOf(ParquetTable clicks, int row) =>
        (clicks.Column<string>("advertiser_id")[row], clicks.Column<string>("campaign_id")[row], clicks.Column<string>("ad_id")[row]);

    private static string Hex(ReadOnlyMemory<byte> hash) => Convert.ToHexStringLower(hash.Span);
}
