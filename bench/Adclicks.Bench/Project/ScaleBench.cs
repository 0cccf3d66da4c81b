using System.Globalization;
using Adclicks.Bench.Clicks;
using Adclicks.EventStore.Embedded;

namespace Adclicks.Bench.Project;

/// <summary>
/// Whether a click costs the same where there are more of them: <c>scale [clicks] …</c>, by default 1, 5 and 20 million. A million before
/// that is not counted: in the first seconds of a process most of the time goes to compiling its code.
/// </summary>
internal static class ScaleBench
{
    private const long WarmUpClicks = 1_000_000;

    public static async Task RunAsync(string[] args)
    {
        long[] counts = args.Length > 0 ? [.. args.Select(a => long.Parse(a, CultureInfo.InvariantCulture))] : [1_000_000, 5_000_000, 20_000_000];
        await MeasureAsync(WarmUpClicks);
        var micros = new List<double>();
        foreach (var count in counts)
        {
            var run = await MeasureAsync(count);
            micros.Add(1e6 / run.ClicksPerSecond);
            Console.WriteLine($"{count,12:N0} clicks: {run.ClicksPerSecond,9:N0} clicks/s, {micros[^1]:N2} us a click, {run.Cpu.TotalMicroseconds / count:N2} us of our CPU, {run.Bytes / count:N0} bytes");
        }

        Console.WriteLine($"the dearest click costs {micros.Max() / micros.Min():N2} times the cheapest");
    }

    /// <summary>Projects a log of that many clicks.</summary>
    public static async Task<ProjectRun> MeasureAsync(long count)
    {
        using var directory = new TemporaryDirectory();
        await using var log = EmbeddedEventLog.Open(directory.Path);
        await LogFiller.FillWeekAsync(log, count);
        return await ProjectRun.OfAsync(log, count);
    }
}
