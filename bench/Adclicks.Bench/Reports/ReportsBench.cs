using System.Diagnostics;
using System.Globalization;
using Adclicks.Bench.Clicks;
using Adclicks.Bench.Project;
using Adclicks.Bench.Servers;
using Adclicks.Hosting;
using Adclicks.Projections.Status;
using Adclicks.Support.Postgres;
using Adclicks.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Adclicks.Bench.Reports;

/// <summary>
/// Answer times over HTTP, one question at a time with varied parameters, over the read models of generated clicks:
/// <c>reports [clicks] [connection string]</c>. A database that is named there is kept and, where it has as many clicks
/// already, asked as it is: a change of how answers are read takes seconds to measure.
/// </summary>
internal static class ReportsBench
{
    private const int Rounds = 200;

    public static async Task RunAsync(string[] args)
    {
        var count = args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
        using var directory = new TemporaryDirectory();
        await using var database = args.Length > 1 ? null : await TestPostgres.CreateDatabaseAsync();
        var connectionString = database?.ConnectionString ?? args[1];
        if (await ClicksInAsync(connectionString) < count) await ProjectAsync(connectionString, count);
        Environment.SetEnvironmentVariable("ReadApi__CacheTime", "0");
        await using var app = await InProcessServer.StartAsync(HostRoles.Serve, directory.Path, connectionString);
        using var client = Client(app.Urls.First());
        Console.WriteLine($"{count:N0} clicks over 7 days, over HTTP with a key, answers not cached, {Rounds} questions one after another");
        await WarmUpAsync(client);
        foreach (var (name, path) in ReportQuestions.All) await MeasureAsync(client, name, path);
        await app.StopAsync();
    }

    public static HttpClient Client(string url)
    {
        var client = new HttpClient { BaseAddress = new Uri(url + "/reports/clicks/") };
        client.DefaultRequestHeaders.Add("X-Api-Key", InProcessServer.IngestKey + "-admin");
        return client;
    }

    /// <summary>Clicks that a database has in its read models.</summary>
    public static async Task<long> ClicksInAsync(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand("SELECT to_regclass('adclicks_g1.checkpoints') IS NOT NULL");
        if (!(bool)(await command.ExecuteScalarAsync())!) return 0;
        await using var clicks = source.CreateCommand("SELECT sum(clicks)::bigint FROM adclicks_g1.checkpoints");
        return (long)(await clicks.ExecuteScalarAsync())!;
    }

    private static async Task ProjectAsync(string connectionString, long count)
    {
        await using var log = new MemoryEventLog();
        await LogFiller.FillWeekAsync(log, count);
        using var host = await ProjectRun.StartAsync(connectionString, log, SettledRuns.Settings);
        await ProjectRun.WaitAsync(host.Services.GetRequiredService<IProjectionStatus>(), count, Stopwatch.StartNew());
        await SettledRuns.WaitAsync(connectionString);
        await host.StopAsync();
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var vacuum = source.CreateCommand("VACUUM ANALYZE");
        vacuum.CommandTimeout = 600;
        await vacuum.ExecuteNonQueryAsync();
    }

    /// <summary>With other parameters than are measured, until the runtime has compiled what is asked often.</summary>
    private static async Task WarmUpAsync(HttpClient client)
    {
        for (var i = Rounds; i < 2 * Rounds; i++)
        {
            foreach (var (_, path) in ReportQuestions.All) await client.GetByteArrayAsync(new Uri(path(i * 7), UriKind.Relative));
        }
    }

    private static async Task MeasureAsync(HttpClient client, string name, Func<int, string> path)
    {
        var times = new List<double>();
        var bytes = 0;
        for (var i = 0; i < Rounds; i++)
        {
            var started = Stopwatch.GetTimestamp();
            var answer = await client.GetByteArrayAsync(new Uri(path(i * 7), UriKind.Relative));
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            bytes = answer.Length;
        }

        times.Sort();
        Console.WriteLine($"  {name,-44} p50 {times[Rounds / 2],7:N1} ms  p95 {times[Rounds * 95 / 100],7:N1} ms  {bytes:N0} bytes");
    }
}
