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
    private static readonly Cuboid OneTable = new("ad_country", Dimension.Ad, Dimension.Country) { Granularities = [Granularity.Minute] };

    public static async Task RunAsync(string[] args)
    {
        var count = args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 5_000_000;
        var forMarten = args.Length > 1 ? long.Parse(args[1], CultureInfo.InvariantCulture) : count;
        using var directory = new TemporaryDirectory();
        await using var log = EmbeddedEventLog.Open(directory.Path);
        await ProjectBench.FillAsync(log, directory, count);

        Console.WriteLine("all rollups");
        var all = await ProjectRun.OfAsync(log, count);
        ProjectBench.Show(all);
        Console.WriteLine("one table: minute, ad, country");
        var one = await ProjectRun.OfAsync(log, count, [OneTable]);
        ProjectBench.Show(one);

        var clicks = LogFiller.Week(count);
        var marten = await MartenRun.OfAsync(clicks, forMarten);
        Console.WriteLine($"Marten, one table: {marten:N0} events/s");
        var (duck, rows) = await DuckDbRun.OfAsync(clicks, count);
        Console.WriteLine($"DuckDB, one group-by: {duck:N0} rows/s into {rows:N0}");
        Console.WriteLine($"all rollups: {all.ClicksPerSecond / marten:N1} times Marten's one table; one table: {one.ClicksPerSecond / marten:N1} times; DuckDB: {duck / one.ClicksPerSecond:N1} times ours");
    }
}
