using System.Diagnostics;
using Adclicks.Domain.Rollups;
using Adclicks.EventStore;
using Adclicks.Projections;
using Adclicks.Projections.Status;
using Adclicks.Support.Postgres;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Adclicks.Bench.Project;

/// <summary>A log projected from its beginning into a fresh database.</summary>
/// <param name="Clicks">How many.</param>
/// <param name="Elapsed">From the start of the projector until all are in the tables.</param>
/// <param name="Cpu">Of this process.</param>
/// <param name="PeakBytes">Memory of this process.</param>
/// <param name="Tables">What came of it.</param>
/// <param name="Counts">What the counted table has.</param>
internal sealed record ProjectRun(long Clicks, TimeSpan Elapsed, TimeSpan Cpu, long PeakBytes, IReadOnlyList<TableSize> Tables, MinuteCounts? Counts)
{
    public double ClicksPerSecond => Clicks / Elapsed.TotalSeconds;

    public long Bytes => Tables.Sum(t => t.TableBytes + t.IndexBytes);

    /// <summary>Projects.</summary>
    /// <param name="log">With that many clicks.</param>
    /// <param name="count">Of the log.</param>
    /// <param name="cuboids">Null: all.</param>
    /// <param name="settings"><c>Projections:Key=value</c>.</param>
    /// <param name="counted">Whose table by minute is counted by ad and country.</param>
    public static async Task<ProjectRun> OfAsync(
        IEventLog log, long count, IReadOnlyList<Cuboid>? cuboids = null, IEnumerable<string>? settings = null, Cuboid? counted = null)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        PeakMemory.Reset();
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        using (var host = await StartAsync(database.ConnectionString, log, settings ?? [], cuboids))
        {
            await WaitAsync(host.Services.GetRequiredService<IProjectionStatus>(), count, clock);
            clock.Stop();
            await host.StopAsync();
        }

        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        var peak = PeakMemory.Bytes;
        var tables = await TableSize.ReadAsync(database.ConnectionString);
        return new ProjectRun(count, clock.Elapsed, cpu, peak, tables, counted is null ? null : await MinuteCounts.OfAsync(database.ConnectionString, counted));
    }

    public static async Task<IHost> StartAsync(string connectionString, IEventLog log, IEnumerable<string> settings, IReadOnlyList<Cuboid>? cuboids = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("Postgres:ConnectionString", connectionString),
            .. settings.Select(s => s.Split('=', 2)).Select(s => new KeyValuePair<string, string?>(s[0], s[1]))]);
        builder.Services.AddSingleton(log);
        if (cuboids is not null) builder.Services.AddSingleton(new RollupCatalogue(cuboids));
        builder.Services.AddProjections(builder.Configuration);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    public static async Task WaitAsync(IProjectionStatus status, long count, Stopwatch clock)
    {
        var (next, limit) = (TimeSpan.FromSeconds(5), Patience.For(count));
        while (true)
        {
            var now = await status.GetAsync();
            if (now?.ClicksProjected == count) return;
            if (clock.Elapsed > limit) throw new TimeoutException($"{now?.ClicksProjected:N0} of {count:N0} clicks are projected after {limit}.");
            if (clock.Elapsed > next)
            {
                Console.WriteLine($"  {clock.Elapsed.TotalSeconds:N0} s: {now?.ClicksProjected:N0}");
                next += TimeSpan.FromSeconds(5);
            }

            await Task.Delay(50);
        }
    }
}

/// <summary>A table of the first generation with all its partitions.</summary>
internal sealed record TableSize(string Name, long Rows, long TableBytes, long IndexBytes)
{
    public static async Task<IReadOnlyList<TableSize>> ReadAsync(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using (var analyze = source.CreateCommand("ANALYZE")) await analyze.ExecuteNonQueryAsync();
        await using var command = source.CreateCommand("""
            SELECT coalesce(p.relname, c.relname)::text, sum(c.reltuples)::bigint, sum(pg_table_size(c.oid))::bigint, sum(pg_indexes_size(c.oid))::bigint
            FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class p ON p.oid = i.inhparent
            WHERE c.relnamespace = 'adclicks_g1'::regnamespace AND c.relkind = 'r' AND c.reltuples > 0 GROUP BY 1 ORDER BY 1
            """);
        await using var reader = await command.ExecuteReaderAsync();
        var tables = new List<TableSize>();
        while (await reader.ReadAsync()) tables.Add(new(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3)));
        return tables;
    }
}
