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
/// <c>reports-load [clicks] [questions/s] [clicks/s] [seconds]</c>. Times are from when a question was due.
/// </summary>
internal static class ReportsLoadBench
{
    /// <summary>More at once mean that the rate is not held: the time a question waits for its turn counts.</summary>
    private const int MaxInFlight = 256;

    public static async Task RunAsync(string[] args)
    {
        var numbers = args.Select(arg => int.Parse(arg, CultureInfo.InvariantCulture)).ToArray();
        int At(int place, int otherwise) => numbers.Length > place ? numbers[place] : otherwise;
        var (count, questions, clicks, seconds) = (At(0, 1_000_000), At(1, 200), At(2, 5_000), At(3, 60));
        using var directory = new TemporaryDirectory();
        await using var database = await TestPostgres.CreateDatabaseAsync();
        Environment.SetEnvironmentVariable("ReadApi__CacheTime", "0");
        await using var app = await InProcessServer.StartAsync(HostRoles.All, directory.Path, database.ConnectionString);
        await LogFiller.FillWeekAsync(app.Services.GetRequiredService<IEventLog>(), count);
        await ProjectRun.WaitAsync(app.Services.GetRequiredService<IProjectionStatus>(), count, Stopwatch.StartNew());

        using var sender = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        sender.DefaultRequestHeaders.Add("X-Api-Key", InProcessServer.IngestKey);
        using var asker = ReportsBench.Client(app.Urls.First());
        await AskAsync(asker, questions, 5);
        var sending = LiveBench.SendAsync(sender, clicks, seconds);
        var asked = await AskAsync(asker, questions, seconds);
        Console.WriteLine($"{questions:N0} questions/s over {count:N0} clicks, answers not cached, while {clicks:N0} clicks/s came in, for {seconds} s; the sender of clicks was {await sending:N0} ms behind its plan at the worst");
        Report("all", asked);
        foreach (var group in asked.GroupBy(answer => answer.Name)) Report(group.Key, [.. group]);
        await app.StopAsync();
    }

    private static async Task<List<Answer>> AskAsync(HttpClient client, int rate, int seconds)
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
            var (name, path) = ReportQuestions.All[number % ReportQuestions.All.Length];
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

            answers.Enqueue(new Answer(name, (Stopwatch.GetElapsedTime(started) - due).TotalMilliseconds, isAnswered));
            inFlight.Release();
        }
    }

    private static void Report(string name, List<Answer> answers)
    {
        var times = answers.Select(answer => answer.Milliseconds).Order().ToArray();
        Console.WriteLine($"  {name,-44} p50 {times[times.Length / 2],7:N1} ms  p95 {times[times.Length * 95 / 100],7:N1} ms  worst {times[^1],7:N0} ms  {answers.Count(answer => !answer.IsAnswered)} of {times.Length:N0} failed");
    }

    private readonly record struct Answer(string Name, double Milliseconds, bool IsAnswered);
}
