using System.Globalization;
using Adclicks.Bench.Clicks;
using Adclicks.EventStore.Embedded;

namespace Adclicks.Bench.Project;

/// <summary>Catch-up over a log of generated clicks: <c>project [clicks] [Projections:Key=value …]</c>.</summary>
internal static class ProjectBench
{
    public static async Task RunAsync(string[] args)
    {
        var count = args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
        using var directory = new TemporaryDirectory();
        await using var log = EmbeddedEventLog.Open(directory.Path);
        await FillAsync(log, directory, count);
        Show(await ProjectRun.OfAsync(log, count, settings: args.Skip(1)));
    }

    /// <summary>Fills a log and says what that takes on disk.</summary>
    public static async Task FillAsync(EmbeddedEventLog log, TemporaryDirectory directory, long count)
    {
        var payload = await LogFiller.FillWeekAsync(log, count);
        Console.WriteLine($"{count:N0} clicks in the log, {payload / count:N0} bytes each, {directory.Bytes / count:N0} on disk");
    }

    public static void Show(ProjectRun run)
    {
        Console.WriteLine($"{run.ClicksPerSecond:N0} clicks/s: {run.Elapsed.TotalSeconds:N1} s, of it {run.Cpu.TotalSeconds:N1} s of our CPU; "
            + $"peak memory {run.PeakBytes >> 20:N0} MiB");
        foreach (var table in run.Tables)
            Console.WriteLine($"  {table.Name,-42} {table.Rows,12:N0} rows {table.TableBytes >> 20,7:N0} MiB + {table.IndexBytes >> 20,7:N0} MiB of indices");
        Console.WriteLine($"  {run.Bytes / run.Clicks:N0} bytes per click, {run.Tables.Where(t => t.Name.EndsWith("_minute", StringComparison.Ordinal)).Sum(t => t.TableBytes + t.IndexBytes) / run.Clicks:N0} of them by minute");
    }
}
