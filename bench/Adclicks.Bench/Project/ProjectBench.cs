using System.Diagnostics;
using System.Globalization;
using Adclicks.Bench.Clicks;
using Adclicks.EventStore;
using Adclicks.EventStore.Embedded;
using Adclicks.Projections;
using Adclicks.Projections.Status;
using Adclicks.Support.Postgres;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Adclicks.Bench.Project;

/// <summary>Catch-up over a log of generated clicks: <c>project [clicks] [Projections:Key=value …]</c>.</summary>
internal static class ProjectBench
{
    public static async Task RunAsync(string[] args)
    {
        var count = args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
        using var directory = new TemporaryDirectory();
        await using var log = EmbeddedEventLog.Open(directory.Path);
        var payload = await LogFiller.FillWeekAsync(log, count);
        Console.WriteLine($"{count:N0} clicks in the log, {payload / count:N0} bytes each, {directory.Bytes / count:N0} on disk");

        await using var database = await TestPostgres.CreateDatabaseAsync();
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        using (var host = await StartAsync(database.ConnectionString, log, args.Skip(1)))
        {
            await WaitAsync(host.Services.GetRequiredService<IProjectionStatus>(), count, clock);
            clock.Stop();
            await host.StopAsync();
        }

        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        Console.WriteLine($"{count / clock.Elapsed.TotalSeconds:N0} clicks/s: {clock.Elapsed.TotalSeconds:N1} s, of it {cpu.TotalSeconds:N1} s of our CPU; "
            + $"peak memory {Process.GetCurrentProcess().PeakWorkingSet64 >> 20:N0} MiB");
        await ReportTablesAsync(database.ConnectionString, count, clock.Elapsed);
    }

    internal static async Task<IHost> StartAsync(string connectionString, IEventLog log, IEnumerable<string> settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("Postgres:ConnectionString", connectionString),
            .. settings.Select(s => s.Split('=', 2)).Select(s => new KeyValuePair<string, string?>(s[0], s[1]))]);
        builder.Services.AddSingleton(log);
        builder.Services.AddProjections(builder.Configuration);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    internal static async Task WaitAsync(IProjectionStatus status, long count, Stopwatch clock)
    {
        var next = TimeSpan.FromSeconds(5);
        while (true)
        {
            var now = await status.GetAsync();
            if (now?.ClicksProjected == count) return;
            if (clock.Elapsed > next)
            {
                Console.WriteLine($"  {clock.Elapsed.TotalSeconds:N0} s: {now?.ClicksProjected:N0}");
                next += TimeSpan.FromSeconds(5);
            }

            await Task.Delay(100);
        }
    }

    private static async Task ReportTablesAsync(string connectionString, long clicks, TimeSpan elapsed)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using (var analyze = source.CreateCommand("ANALYZE")) await analyze.ExecuteNonQueryAsync();
        await using var command = source.CreateCommand("""
            SELECT relname, reltuples::bigint, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class
            WHERE relnamespace = 'adclicks_g1'::regnamespace AND relkind = 'r' AND reltuples > 0 ORDER BY relname
            """);
        await using var reader = await command.ExecuteReaderAsync();
        long rows = 0, bytes = 0;
        while (await reader.ReadAsync())
        {
            Console.WriteLine($"  {reader.GetString(0),-42} {reader.GetInt64(1),12:N0} rows {reader.GetInt64(2) >> 20,7:N0} MiB + {reader.GetInt64(3) >> 20,7:N0} MiB of indices");
            rows += reader.GetInt64(1);
            bytes += reader.GetInt64(2) + reader.GetInt64(3);
        }

        Console.WriteLine($"{rows:N0} rows ({(double)rows / clicks:N1} per click, {rows / elapsed.TotalSeconds:N0}/s), {bytes / clicks:N0} bytes per click");
    }
}
