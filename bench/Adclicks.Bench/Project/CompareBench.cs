using System.Globalization;
using Adclicks.Bench.Clicks;
using Adclicks.Domain.Rollups;
using Adclicks.EventStore.Embedded;

namespace Adclicks.Bench.Project;

/// <summary>
/// The same clicks four ways, in one run: all our rollups; ours with the one table minute by ad and country; Marten's event store with its async daemon
/// and that table; a group-by in DuckDB, which is what the machine can do: <c>compare [clicks] [clicks for Marten]</c>.
/// </summary>
internal static class CompareBench
{
    // What is compiled while it runs is so before it is measured, theirs as ours.
    private const long WarmUpClicks = 100_000;
    private static readonly Cuboid OneTable = new("ad_country", Dimension.Ad, Dimension.Country) { Granularities = [Granularity.Minute] };

    public static async Task RunAsync(string[] args)
    {
        var count = args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 5_000_000;
        var forMarten = args.Length > 1 ? long.Parse(args[1], CultureInfo.InvariantCulture) : count;
        await ScaleBench.MeasureAsync(WarmUpClicks);
        await MartenRun.OfAsync(LogFiller.Week(WarmUpClicks), WarmUpClicks);

        using var directory = new TemporaryDirectory();
        await using var log = EmbeddedEventLog.Open(directory.Path);
        await ProjectBench.FillAsync(log, directory, count);

        Console.WriteLine("all rollups");
        var all = await ProjectRun.OfAsync(log, count, counted: Cuboids.Full);
        ProjectBench.Show(all);
        Console.WriteLine("one table: minute, ad, country");
        var one = await ProjectRun.OfAsync(log, count, [OneTable], counted: OneTable);
        ProjectBench.Show(one);

        var clicks = LogFiller.Week(count);
        var marten = await MartenRun.OfAsync(clicks, forMarten);
        Console.WriteLine($"Marten, one table: {marten.EventsPerSecond:N0} events/s, {marten.TableBytes:N0} bytes per click and {marten.EventBytes:N0} each event; "
            + $"peak memory {marten.PeakBytes >> 20:N0} MiB");
        var duck = await DuckDbRun.OfAsync(clicks, count);
        Console.WriteLine($"DuckDB, one group-by: {duck.RowsPerSecond:N0} rows/s; peak memory {duck.PeakBytes >> 20:N0} MiB");
        Check(count, forMarten, all.Counts!.Value, one.Counts!.Value, marten.Counts, duck.Counts);
        Console.WriteLine($"all rollups: {all.ClicksPerSecond / marten.EventsPerSecond:N1} times Marten's one table; one table: {one.ClicksPerSecond / marten.EventsPerSecond:N1} times; "
            + $"DuckDB: {duck.RowsPerSecond / one.ClicksPerSecond:N1} times ours");
    }

    /// <summary>All came to the same; of fewer clicks Marten to their number.</summary>
    private static void Check(long count, long forMarten, MinuteCounts all, MinuteCounts one, MinuteCounts marten, MinuteCounts duck)
    {
        var isSame = duck.Clicks == count && all == duck && one == duck && marten.Clicks == forMarten && (forMarten != count || marten == duck);
        if (!isSame) throw new InvalidOperationException($"Not the same: all rollups {all}, one table {one}, Marten {marten}, DuckDB {duck}.");
        Console.WriteLine($"the same from each: {duck.Clicks:N0} clicks in {duck.Rows:N0} rows of minute, ad and country" + (forMarten == count ? "" : $"; Marten's first {forMarten:N0}"));
    }
}
