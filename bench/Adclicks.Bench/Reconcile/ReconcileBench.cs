using System.Diagnostics;
using System.Globalization;
using Adclicks.Bench.Clicks;
using Adclicks.Domain.Billing;
using Adclicks.Domain.Dedup;
using Adclicks.Domain.Reference;
using Adclicks.Domain.Streams;
using Adclicks.EventStore.Embedded;
using Adclicks.Projections.Reconciliation;

namespace Adclicks.Bench.Reconcile;

/// <summary>
/// How fast <c>reconcile</c> counts again from an embedded log of generated clicks, opened beside its writer: <c>reconcile [clicks]</c>.
/// </summary>
internal static class ReconcileBench
{
    public static async Task RunAsync(string[] args)
    {
        var count = args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 2_000_000;
        using var directory = new TemporaryDirectory();
        await using var writer = EmbeddedEventLog.Open(directory.Path);
        await LogFiller.FillWeekAsync(writer, count);
        await using var log = EmbeddedEventLog.OpenReadOnly(directory.Path);
        await MeasureAsync("rules, hours and hashes", log, null);
        await MeasureAsync("and what every table should say", log, new RollupTotals(Partitioner.DefaultCount, RollupQuestion.All(withMinutes: false), 0, 1_000_000));
        await MeasureAsync("minutes too", log, new RollupTotals(Partitioner.DefaultCount, RollupQuestion.All(withMinutes: true), 0, 1_000_000));
    }

    private static async Task MeasureAsync(string what, EmbeddedEventLog log, RollupTotals? rollups)
    {
        var replay = new LogReplay(Partitioner.DefaultCount, new CloseHistory(), new DedupOptions(), new ReferenceHistory(), (0, 1_000_000), null, rollups);
        var ends = new long[Partitioner.DefaultCount];
        for (var p = 0; p < ends.Length; p++) ends[p] = await log.GetLastRevisionAsync(StreamNames.Clicks(p));
        var clock = Stopwatch.StartNew();
        await replay.ReadAsync(log, ends, Environment.ProcessorCount, CancellationToken.None);
        var seconds = clock.Elapsed.TotalSeconds;
        Console.Out.WriteLine($"{what}: {replay.Progress.Clicks:N0} clicks in {seconds:F2} s, {replay.Progress.Clicks / seconds:N0} clicks/s on {Environment.ProcessorCount} cores");
        GC.Collect();
    }
}
