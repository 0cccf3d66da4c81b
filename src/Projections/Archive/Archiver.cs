using System.Globalization;
using System.Security.Cryptography;
using Adclicks.Domain.Billing;
using Adclicks.Domain.Dedup;
using Adclicks.Domain.Reference;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Projections.Billing;

namespace Adclicks.Projections.Archive;

/// <summary>
/// Copies the clicks of closed hours to Parquet files, one per entry of the ledger. A file is read back and its hashes computed again
/// before the manifest names it; what is not named does not count, so it can be stopped at any point and run again.
/// </summary>
public sealed class Archiver(IEventLog log, int partitions, ReferenceHistory reference, string folder)
{
    /// <summary>Clicks held in memory; with more to archive, the log is replayed several times.</summary>
    private const long MaxClicksAtOnce = 2_000_000;

    /// <summary>Archives what is closed and not archived yet.</summary>
    /// <param name="report">Told of each line.</param>
    /// <param name="readers">Partitions read at a time.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    /// <exception cref="InvalidDataException">The archive is of another ledger, or a file could not be verified.</exception>
    public async Task RunAsync(Action<ManifestLine> report, int readers, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var lines = await ArchiveManifest.ReadAsync(folder, cancellationToken);
        var (history, counts, starts) = await LedgerAsync(cancellationToken);
        for (var i = 0; i < lines.Count; i++)
        {
            if (i >= history.Entries.Count || lines[i].EntryHash != Convert.ToHexStringLower(history.Entries[i].Hash.Span))
                throw new InvalidDataException($"{folder} is an archive of another ledger: they part at {lines[i].Hour}.");
        }

        var previous = lines.Count == 0 ? ArchiveManifest.Beginning : lines[^1].Hash;
        for (var first = lines.Count; first < history.Entries.Count;)
        {
            var end = first + 1;
            for (var clicks = counts[first]; end < counts.Count && clicks + counts[end] <= MaxClicksAtOnce; end++) clicks += counts[end];
            var rows = await CollectAsync(history, first, end, readers, cancellationToken);
            var begun = first;
            // The entries again, with their rows, to verify by.
            await foreach (var (_, entry) in new LedgerStore(log).ReadAsync(starts[first], cancellationToken))
            {
                var line = await WriteAsync(entry, rows[first - begun], previous, cancellationToken);
                await ArchiveManifest.AppendAsync(folder, line, cancellationToken);
                previous = line.Hash;
                report(line);
                if (++first == end) break;
            }

            if (first != end) throw new InvalidDataException("The ledger has lost entries while it was read.");
        }
    }

    /// <summary>The ledger without its rows; per entry the number of its clicks, and where it begins.</summary>
    private async Task<(CloseHistory History, IReadOnlyList<long> Counts, IReadOnlyList<long> Starts)> LedgerAsync(CancellationToken cancellationToken)
    {
        var (history, counts, starts) = (new CloseHistory(), new List<long>(), new List<long> { 0 });
        await foreach (var (revision, entry) in new LedgerStore(log).ReadAsync(0, cancellationToken))
        {
            counts.Add(entry.Rows.Concat(entry.Adjustments).Sum(r => r.Clicks.Gross));
            starts.Add(revision + 1);
            history.Add(entry with { Rows = [], Adjustments = [] });
        }

        return (history, counts, starts);
    }

    private async Task<List<ArchivedClick>[]> CollectAsync(CloseHistory history, int first, int end, int readers, CancellationToken cancellationToken)
    {
        var byPartition = new List<ArchivedClick>[partitions][];
        var dedup = history.Entries[0].Dedup;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, partitions), new ParallelOptions { MaxDegreeOfParallelism = readers, CancellationToken = cancellationToken },
            async (p, stop) => byPartition[p] = await CollectAsync(p, history, dedup, first, end, stop));
        return [.. Enumerable.Range(0, end - first).Select(i => byPartition.SelectMany(p => p[i]).ToList())];
    }

    private async Task<List<ArchivedClick>[]> CollectAsync(int partition, CloseHistory history, DedupOptions dedup, int first, int end, CancellationToken cancellationToken)
    {
        var sink = new Sink(partition, history, first, end);
        var replay = new PartitionReplay(partition, dedup, reference);
        var through = history.Entries[end - 1].Through[partition];
        await foreach (var recorded in log.ReadAsync(StreamNames.Clicks(partition), ReadDirection.Forwards, 0, through + 1, cancellationToken))
        {
            if (recorded.Revision > through) break;
            var known = Math.Min(history.ReferenceThrough(partition, recorded.Revision, otherwise: long.MaxValue), reference.AppliedRevision);
            replay.Apply(recorded.Revision, recorded.Type, recorded.Data.Span, recorded.Metadata.Span, known, sink);
        }

        return sink.Rows;
    }

    private async Task<ManifestLine> WriteAsync(LedgerEntry entry, List<ArchivedClick> rows, string previous, CancellationToken cancellationToken)
    {
        var hour = BillingHour.Start(entry.Hour);
        var name = rows.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture,
            $"year={hour:yyyy}/month={hour:MM}/day={hour:dd}/hour={hour:HH}/clicks-{Convert.ToHexStringLower(entry.Hash.Span)[..16]}.parquet");
        var bytes = Array.Empty<byte>();
        if (rows.Count > 0)
        {
            using var file = new MemoryStream();
            await ArchiveFile.WriteAsync(file, entry, rows, cancellationToken);
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await using (var disk = new FileStream(path, FileMode.Create, FileAccess.Write))
            {
                await disk.WriteAsync(file.ToArray(), cancellationToken);
                disk.Flush(flushToDisk: true);
            }

            bytes = await File.ReadAllBytesAsync(path, cancellationToken);
        }

        await VerifyAsync(entry, name, bytes, cancellationToken);
        var line = new ManifestLine(BillingHour.Text(entry.Hour), Convert.ToHexStringLower(entry.Hash.Span), name, rows.Count, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)), previous, "");
        return line with { Hash = ArchiveManifest.HashOf(line) };
    }

    private static async Task VerifyAsync(LedgerEntry entry, string name, byte[] bytes, CancellationToken cancellationToken)
    {
        foreach (var (what, expected, found) in await ArchiveCheck.CompareAsync(entry, bytes, cancellationToken))
            throw new InvalidDataException($"{name} does not give what the ledger says of {BillingHour.Text(entry.Hour)}: {what}: {expected}, found {found}. See adclicks reconcile.");
    }

    private sealed class Sink(int partition, CloseHistory history, int first, int end) : IJudgedClicks
    {
        public List<ArchivedClick>[] Rows { get; } = [.. Enumerable.Range(0, end - first).Select(_ => new List<ArchivedClick>())];

        public void Add(in JudgedClick click)
        {
            var (entry, isLate) = history.PlaceOf(partition, click);
            if (entry >= first && entry < end) Rows[entry - first].Add(ArchivedClick.Of(click, isLate));
        }
    }
}
