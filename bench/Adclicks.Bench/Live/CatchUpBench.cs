using System.Diagnostics;
using System.Globalization;
using Adclicks.Bench.Clicks;
using Adclicks.Bench.Project;
using Adclicks.Bench.Servers;
using Adclicks.EventStore.Embedded;
using Adclicks.Hosting;
using Adclicks.Projections.Status;
using Adclicks.Support.Postgres;
using Microsoft.Extensions.DependencyInjection;

namespace Adclicks.Bench.Live;

/// <summary>
/// What projections make of a downtime: a log that is clicks ahead, and more arrive from the start on. How fast they catch up, against a
/// projection of the same log in peace, and how they turn live: <c>catchup [clicks] [clicks/s that arrive]</c>.
/// </summary>
internal static class CatchUpBench
{
    private const int MostSeconds = 600, LiveSeconds = 15;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    public static async Task RunAsync(string[] args)
    {
        var count = args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 2_000_000;
        var rate = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 2_000;
        using var directory = new TemporaryDirectory();
        double inPeace;
        await using (var log = EmbeddedEventLog.Open(Path.Combine(directory.Path, "log")))
        {
            await LogFiller.FillWeekAsync(log, count);
            inPeace = (await ProjectRun.OfAsync(log, count)).ClicksPerSecond;
        }

        await using var database = await TestPostgres.CreateDatabaseAsync();
        var clock = Stopwatch.StartNew();
        await using var app = await InProcessServer.StartAsync(HostRoles.All, directory.Path, database.ConnectionString);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        client.DefaultRequestHeaders.Add("X-Api-Key", InProcessServer.IngestKey);
        using var enough = new CancellationTokenSource();
        var sending = SendAsync(client, rate, enough.Token);
        var run = await WatchAsync(app.Services.GetRequiredService<IProjectionStatus>(), clock);
        await enough.CancelAsync();
        await sending;
        Console.WriteLine($"{count:N0} clicks behind, {rate:N0} clicks/s arriving: level after {run.Level.TotalSeconds:N1} s, {run.Clicks / run.Level.TotalSeconds:N0} clicks/s; the log alone in peace {inPeace:N0} clicks/s");
        Console.WriteLine($"  longest time without progress until then {run.Stall.TotalSeconds:N2} s; in the {LiveSeconds} s after, reports were behind by {run.WorstLive:N2} s at the worst");
        await app.StopAsync();
    }

    /// <summary>Second by second, until it is enough.</summary>
    private static async Task SendAsync(HttpClient client, int rate, CancellationToken enough)
    {
        for (var second = 0; second < MostSeconds && !enough.IsCancellationRequested; second++) await LiveBench.SendAsync(client, rate, 1);
    }

    /// <summary>Level: less than a second behind.</summary>
    private static async Task<(TimeSpan Level, long Clicks, TimeSpan Stall, double WorstLive)> WatchAsync(IProjectionStatus projections, Stopwatch clock)
    {
        var (seen, changed, stall, level, worst) = (0L, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, 0.0);
        long atLevel = 0;
        while (level == TimeSpan.Zero || clock.Elapsed < level + TimeSpan.FromSeconds(LiveSeconds))
        {
            await Task.Delay(Look);
            if (await projections.GetAsync() is not { } status) continue;
            var behind = status.FreshUntil is { } fresh ? (DateTimeOffset.UtcNow - fresh).TotalSeconds : double.MaxValue;
            if (level > TimeSpan.Zero) worst = Math.Max(worst, behind);
            else if (status.ClicksProjected > seen)
            {
                if (seen > 0 && clock.Elapsed - changed > stall) stall = clock.Elapsed - changed;
                (seen, changed) = (status.ClicksProjected, clock.Elapsed);
            }

            if (level == TimeSpan.Zero && behind < 1) (level, atLevel) = (clock.Elapsed, status.ClicksProjected);
        }

        return (level, atLevel, stall, worst);
    }
}
