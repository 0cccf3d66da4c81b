using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Adclicks.Bench.Clicks;
using Adclicks.Bench.Live;
using Adclicks.Bench.Project;
using Adclicks.Bench.Servers;
using Adclicks.EventStore;
using Adclicks.Hosting;
using Adclicks.Projections.Status;
using Adclicks.Support.Postgres;
using Microsoft.Extensions.DependencyInjection;

namespace Adclicks.Bench.Reports;

/// <summary>
/// Mixed questions at a steady rate while clicks come in at another, all in one process beside PostgreSQL:
/// <c>reports-load [clicks] [questions/s] [clicks/s] [seconds] [folder] [connection string]</c>. Times are from when a question
/// was due. Before, the same goes on for a while unmeasured, until the runtime has compiled what is asked often; after, a few questions are about the
/// clicks that still come in. A folder and a database that are named are kept, and used as they are where they have the clicks already.
/// </summary>
internal static class ReportsLoadBench
{
    /// <summary>More at once mean that the rate is not held: the time a question waits for its turn counts.</summary>
    private const int MaxInFlight = 256;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    private const int WarmUpSeconds = 30, NowSeconds = 10, NowQuestions = 20;

    public static async Task RunAsync(string[] args)
    {
        var numbers = args.Take(4).Select(arg => int.Parse(arg, CultureInfo.InvariantCulture)).ToArray();
        int At(int place, int otherwise) => numbers.Length > place ? numbers[place] : otherwise;
        var (count, questions, clicks, seconds) = (At(0, 1_000_000), At(1, 200), At(2, 5_000), At(3, 60));
        using var directory = new TemporaryDirectory();
        await using var database = args.Length > 5 ? null : await TestPostgres.CreateDatabaseAsync();
        var connectionString = database?.ConnectionString ?? args[5];
        var isThere = await ReportsBench.ClicksInAsync(connectionString) >= count;
        Environment.SetEnvironmentVariable("ReadApi__CacheTime", "0");
        foreach (var setting in SettledRuns.Settings.Select(s => s.Split('='))) Environment.SetEnvironmentVariable(setting[0].Replace(":", "__", StringComparison.Ordinal), setting[1]);
        await using var app = await InProcessServer.StartAsync(HostRoles.All, args.Length > 5 ? args[4] : directory.Path, connectionString);
        if (!isThere)
        {
            await LogFiller.FillWeekAsync(app.Services.GetRequiredService<IEventLog>(), count);
            await ProjectRun.WaitAsync(app.Services.GetRequiredService<IProjectionStatus>(), count, Stopwatch.StartNew());
        }

        await SettledRuns.WaitAsync(connectionString);

        using var sender = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        sender.DefaultRequestHeaders.Add("X-Api-Key", InProcessServer.IngestKey);
        using var asker = ReportsBench.Client(app.Urls.First());
        var sending = LiveBench.SendAsync(sender, clicks, WarmUpSeconds + seconds + (2 * NowSeconds));
        await AskAsync(asker, ReportQuestions.All, questions, WarmUpSeconds);
        var asked = await AskAsync(asker, ReportQuestions.All, questions, seconds);
        var ofNow = await AskAsync(asker, ReportQuestions.OfNow(DateTimeOffset.UtcNow), NowQuestions, NowSeconds);
        Console.WriteLine($"{questions:N0} questions/s over {count:N0} clicks, answers not cached, while {clicks:N0} clicks/s came in, for {seconds} s; the sender of clicks was {await sending:N0} ms behind its plan at the worst");
        Report("all", asked);
        var windows = asked.GroupBy(answer => (int)(answer.Due / Window)).OrderBy(window => window.Key);
        Console.WriteLine($"  … p95 in ms, by {Window.TotalSeconds:N0} s: {string.Join(", ", windows.Select(window => $"{At95(window):N0}"))}");
        foreach (var group in asked.Concat(ofNow).GroupBy(answer => answer.Name)) Report(group.Key, [.. group]);
        await app.StopAsync();
    }

    private static async Task<List<Answer>> AskAsync(HttpClient client, (string Name, Func<int, string> Path)[] mix, int rate, int seconds)
    {
        var answers = new ConcurrentQueue<Answer>();
        using var inFlight = new SemaphoreSlim(MaxInFlight);
        var interval = TimeSpan.FromSeconds(1.0 / rate);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < rate * seconds; i++)
        {
            var due = interval * i;
            var wait = due - Stopwatch.GetElapsedTime(started);
            if (wait > TimeSpan.Zero) await Task.Delay(wait);
            await inFlight.WaitAsync();
            _ = AskOneAsync(i, due);
        }

        for (var i = 0; i < MaxInFlight; i++) await inFlight.WaitAsync();
        return [.. answers];

        async Task AskOneAsync(int number, TimeSpan due)
        {
            var (name, path) = mix[number % mix.Length];
            var isAnswered = false;
            try
            {
                using var response = await client.GetAsync(new Uri(path(number * 7), UriKind.Relative));
                isAnswered = response.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                // Counted below.
            }

            answers.Enqueue(new Answer(name, due, (Stopwatch.GetElapsedTime(started) - due).TotalMilliseconds, isAnswered));
            inFlight.Release();
        }
    }

    private static void Report(string name, List<Answer> answers)
    {
        var times = answers.Select(answer => answer.Milliseconds).Order().ToArray();
        Console.WriteLine($"  {name,-44} p50 {times[times.Length / 2],7:N1} ms  p95 {At95(answers),7:N1} ms  worst {times[^1],7:N0} ms  {answers.Count(answer => !answer.IsAnswered)} of {times.Length:N0} failed");
    }

    private static double At95(IEnumerable<Answer> answers)
    {
        var times = answers.Select(answer => answer.Milliseconds).Order().ToArray();
        return times[times.Length * 95 / 100];
    }

    private readonly record struct Answer(string Name, TimeSpan Due, double Milliseconds, bool IsAnswered);
}
