using System.Diagnostics;
using System.Globalization;
using Adclicks.Bench.Clicks;
using Adclicks.Domain.Billing;
using Adclicks.Domain.Dedup;
using Adclicks.Domain.Reference;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.EventStore.Embedded;
using Adclicks.Projections.Archive;
using Adclicks.Projections.Archive.Stores;
using Adclicks.Projections.Billing;
using Adclicks.Projections.Reconciliation;

namespace Adclicks.Bench.Reconcile;

/// <summary>How fast closed hours of generated clicks go to Parquet files, how large they are, and how fast <c>reconcile</c> judges them again: <c>archive [clicks]</c>.</summary>
internal static class ArchiveBench
{
    public static async Task RunAsync(string[] args)
    {
        var count = args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 500_000;
        using var directory = new TemporaryDirectory();
        using var archive = new TemporaryDirectory();
        await using var log = EmbeddedEventLog.Open(directory.Path);
        await LogFiller.FillWeekAsync(log, count);
        await CloseAsync(log);
        var (clicks, bytes, files) = (0L, 0L, 0);
        var used = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        using var store = new FolderStore(archive.Path);
        await new Archiver(log, Partitioner.DefaultCount, new ReferenceHistory(), store, new ArchiveOptions())
            .RunAsync(line => (clicks, bytes, files) = (clicks + (line.IsClicks ? line.Rows : 0), bytes + line.Bytes, files + 1), CancellationToken.None);
        var seconds = clock.Elapsed.TotalSeconds;
        Console.Out.WriteLine($"{clicks:N0} clicks in {files} files, {seconds:F2} s, {clicks / seconds:N0} clicks/s on {Environment.ProcessorCount} cores ({(Environment.CpuUsage.TotalTime - used).TotalSeconds:F1} s of processor time), {(double)bytes / clicks:F1} bytes per click");
        await ReconcileAsync(store, log);
    }

    /// <summary>As <c>reconcile --source archive --ledger-only</c> does.</summary>
    private static async Task ReconcileAsync(FolderStore store, EmbeddedEventLog log)
    {
        using var room = new TemporaryDirectory();
        var clock = Stopwatch.StartNew();
        await using var copy = new ArchiveCopy(store.Location, new ArchiveOptions(), room.Path);
        var events = (await copy.OpenAsync(CancellationToken.None))!;
        var made = clock.Elapsed.TotalSeconds;
        var check = new ArchiveCheck(store, (0, int.MaxValue));
        await check.CompareAsync(log, CancellationToken.None);
        var ledger = await LedgerCopy.ReadAsync(events, 0, int.MaxValue, CancellationToken.None);
        var replay = new LogReplay(Partitioner.DefaultCount, ledger.History, new DedupOptions(), new ReferenceHistory(), (0, int.MaxValue));
        await replay.ReadAsync(events, ledger.History.Entries[^1].Through, Environment.ProcessorCount, CancellationToken.None);
        var differences = check.Differences.Count + LedgerComparison.Compare(ledger.History, replay, 0, int.MaxValue).Count;
        var seconds = clock.Elapsed.TotalSeconds;
        Console.Out.WriteLine($"reconciled: {replay.Progress.Clicks:N0} clicks in {seconds:F2} s ({made:F2} s to make a log of them), {replay.Progress.Clicks / seconds:N0} clicks/s, {differences} differences");
    }

    private static async Task CloseAsync(EmbeddedEventLog log)
    {
        var books = new List<PartitionBook>();
        var revisions = new List<long>();
        for (var p = 0; p < Partitioner.DefaultCount; p++)
        {
            var book = new PartitionBook(BillingHour.None, -1);
            var replay = new PartitionReplay(p, new DedupOptions(), new ReferenceHistory());
            await foreach (var e in log.ReadAsync(StreamNames.Clicks(p), ReadDirection.Forwards, 0)) replay.Apply(e.Revision, e.Type, e.Data.Span, e.Metadata.Span, -1, book);
            books.Add(book);
            revisions.Add(replay.Revision);
        }

        var entries = new HourClose(BillingHour.Of(new DateTimeOffset(2026, 4, 1, 0, 0, 0, TimeSpan.Zero)), 0, -1, new DedupOptions()).Entries(books, revisions, null);
        await new LedgerStore(log).AppendAsync(entries, -1, new BillingOptions(), CancellationToken.None);
    }
}
