using System.Security.Cryptography;
using Adclicks.Domain.Billing;
using Adclicks.EventStore;
using Adclicks.Projections.Billing;
using Adclicks.Projections.Reconciliation;

namespace Adclicks.Projections.Archive;

/// <summary>Holds an archive against the ledger: the chain of the manifest, the bytes of the files, and the hashes and counts of their clicks.</summary>
public static class ArchiveCheck
{
    /// <summary>The differences of a range of hours, and the clicks looked at.</summary>
    public static async Task<(IReadOnlyList<Difference> Differences, long Clicks, int Entries)> CompareAsync(IEventLog log, string folder, int from, int to, CancellationToken cancellationToken)
    {
        var lines = await ArchiveManifest.ReadAsync(folder, cancellationToken);
        var differences = new List<Difference>();
        var previous = ArchiveManifest.Beginning;
        var (number, clicks, compared) = (0, 0L, 0);
        await foreach (var (_, entry) in new LedgerStore(log).ReadAsync(0, cancellationToken))
        {
            if (number == lines.Count) break;
            var line = lines[number++];
            if (line.PreviousHash != previous || ArchiveManifest.HashOf(line) != line.Hash) Report(entry, null, $"line {number} of the manifest", "the chain", "broken");
            if (line.EntryHash != Convert.ToHexStringLower(entry.Hash.Span)) Report(entry, null, $"line {number} of the manifest", $"{LedgerCopy.Hex(entry.Hash)}", line.EntryHash[..Math.Min(16, line.EntryHash.Length)] + "…");
            previous = line.Hash;
            if (entry.Hour < from || entry.Hour >= to) continue;
            compared++;
            clicks += line.Clicks;
            await CompareAsync(entry, line);
        }

        return (differences, clicks, compared);

        async Task CompareAsync(LedgerEntry entry, ManifestLine line)
        {
            var path = Path.Combine(folder, line.File);
            var bytes = line.File.Length == 0 ? [] : File.Exists(path) ? await File.ReadAllBytesAsync(path, cancellationToken) : null;
            if (bytes is null)
            {
                Report(entry, null, line.File, $"{line.Clicks} clicks", "no file");
                return;
            }

            if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != line.Sha256) Report(entry, string.Join(' ', entry.Rows.Select(r => r.AdvertiserId).Distinct().Take(5)), line.File, $"SHA-256 {line.Sha256[..Math.Min(16, line.Sha256.Length)]}…", "other bytes");
            foreach (var (what, expected, found) in await ArchiveCheck.CompareAsync(entry, bytes, cancellationToken)) Report(entry, what.Contains('/', StringComparison.Ordinal) ? what[..what.IndexOf('/', StringComparison.Ordinal)] : null, $"{line.File}: {what}", expected, found);
        }

        void Report(LedgerEntry entry, string? advertiser, string subject, string expected, string found) => differences.Add(new Difference("archive", entry.Hour, advertiser, subject, expected, found));
    }

    /// <summary>What a file says differently from its entry.</summary>
    internal static async Task<IReadOnlyList<(string What, string Expected, string Found)>> CompareAsync(LedgerEntry entry, byte[] bytes, CancellationToken cancellationToken)
    {
        var check = new EntryCheck();
        try
        {
            if (bytes.Length > 0)
            {
                foreach (var row in await ArchiveFile.ReadAsync(new MemoryStream(bytes), cancellationToken)) row.AddTo(check);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever a reader says of bytes that somebody changed.
            return [("the file", "clicks", $"unreadable: {e.Message}")];
        }

        return [.. check.Compare(entry)];
    }
}
