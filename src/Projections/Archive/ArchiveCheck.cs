using System.Security.Cryptography;
using Adclicks.Domain.Billing;
using Adclicks.EventStore;
using Adclicks.Projections.Archive.Stores;
using Adclicks.Projections.Billing;
using Adclicks.Projections.Reconciliation;

namespace Adclicks.Projections.Archive;

/// <summary>Holds an archive against the ledger: the chain of the manifest, the bytes of the files, and the hashes and counts of their clicks.</summary>
public sealed class ArchiveCheck(IArchiveStore store, (int From, int To) range)
{
    private readonly List<Difference> _differences = [];

    /// <summary>What differs.</summary>
    public IReadOnlyList<Difference> Differences => _differences;

    /// <summary>Clicks looked at.</summary>
    public long Clicks { get; private set; }

    /// <summary>Entries compared.</summary>
    public int Entries { get; private set; }

    /// <summary>Compares all of the archive that is of the range.</summary>
    public async Task CompareAsync(IEventLog log, CancellationToken cancellationToken)
    {
        var lines = await ArchiveManifest.ReadAsync(store, cancellationToken);
        CheckChain(lines);
        var clicks = lines.Where(l => l.IsClicks).ToList();
        var number = 0;
        await foreach (var (_, entry) in new LedgerStore(log).ReadAsync(0, cancellationToken))
        {
            if (number == clicks.Count) break;
            var line = clicks[number++];
            if (line.EntryHash != Convert.ToHexStringLower(entry.Hash.Span)) Report(entry.Hour, null, $"manifest, {line.Hour}", LedgerCopy.Hex(entry.Hash), Short(line.EntryHash), Difference.AdvertisersOf(entry));
            if (IsInRange(entry.Hour)) await CompareAsync(entry, line, cancellationToken);
        }

        foreach (var line in clicks.Skip(number)) Report(HourOf(line), null, $"manifest, {line.Hour}", "nothing: the ledger ends before", line.File);
        foreach (var line in lines.Where(l => !l.IsClicks && IsInRange(HourOf(l)))) await CompareEventsAsync(line, cancellationToken);
    }

    /// <summary>What a file says differently from its entry.</summary>
    internal static async Task<IReadOnlyList<(string What, string Expected, string Found)>> CompareAsync(LedgerEntry entry, byte[] file, CancellationToken cancellationToken)
    {
        var check = new EntryCheck();
        try
        {
            var names = new ArchivedNames();
            if (file.Length > 0)
            {
                foreach (var row in await ClickFile.ReadAsync(file, cancellationToken)) row.AddTo(check, names);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever a reader says of bytes that somebody changed.
            return [("the file", "clicks", $"unreadable: {e.Message}")];
        }

        return [.. check.Compare(entry)];
    }

    private void CheckChain(IReadOnlyList<ManifestLine> lines)
    {
        var previous = ManifestLine.Beginning;
        foreach (var line in lines)
        {
            if (line.PreviousHash != previous || line.ComputeHash() != line.Hash) Report(HourOf(line), null, $"manifest, {line.File}", "the chain", "broken");
            previous = line.Hash;
        }
    }

    private async Task CompareAsync(LedgerEntry entry, ManifestLine line, CancellationToken cancellationToken)
    {
        Entries++;
        Clicks += line.Rows;
        var file = line.File.Length == 0 ? [] : await store.ReadAsync(line.File, cancellationToken);
        var among = Difference.AdvertisersOf(entry);
        if (file is null)
        {
            Report(entry.Hour, null, line.File, $"{line.Rows} clicks", "no file", among);
            return;
        }

        if (Sha256(file) != line.Sha256) Report(entry.Hour, null, line.File, $"SHA-256 {Short(line.Sha256)}", "other bytes", among);
        foreach (var (what, expected, found) in await CompareAsync(entry, file, cancellationToken))
            Report(entry.Hour, what.Contains('/', StringComparison.Ordinal) ? what[..what.IndexOf('/', StringComparison.Ordinal)] : null, $"{line.File}: {what}", expected, found, among);
    }

    private async Task CompareEventsAsync(ManifestLine line, CancellationToken cancellationToken)
    {
        var file = await store.ReadAsync(line.File, cancellationToken);
        if (file is null || Sha256(file) != line.Sha256) Report(HourOf(line), null, line.File, $"SHA-256 {Short(line.Sha256)}", file is null ? "no file" : "other bytes");
    }

    private bool IsInRange(int hour) => hour >= range.From && hour < range.To;

    private void Report(int hour, string? advertiser, string subject, string expected, string found, IReadOnlyList<string>? among = null) =>
        _differences.Add(new Difference("archive", hour, advertiser, subject, expected, found, among));

    private static int HourOf(ManifestLine line)
    {
        try
        {
            return BillingHour.Parse(line.Hour);
        }
        catch (FormatException)
        {
            return 0;
        }
    }

    private static string Sha256(byte[] file) => Convert.ToHexStringLower(SHA256.HashData(file));

    private static string Short(string hash) => hash[..Math.Min(16, hash.Length)] + "…";
}
