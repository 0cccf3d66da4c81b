using Adclicks.Projections.Tests.Support;
using Adclicks.Support.Postgres;
using Adclicks.Tests.Support;
using Npgsql;

namespace Adclicks.Projections.Tests.Engine;

/// <summary>Whatever stops a projector, and whenever, the tables end up the same.</summary>
public sealed class RestartTests
{
    private const int Clicks = 4_000;
    [Fact]
    public async Task Restarts_broken_connections_and_other_flush_sizes_change_nothing()
    {
        await using var log = new MemoryEventLog();
        await ClickGen.AppendAsync(log, ClickGen.Clicks(seed: 5, count: Clicks), Projector.Partitions, perEvent: 5);
        var whole = await RunAsync(async database =>
        {
            await using var projector = await Projector.StartAsync(database, log);
            await projector.CaughtUpAsync();
        });

        var broken = await RunAsync(async database =>
        {
            for (var stop = 500; stop < Clicks; stop += 500)
            {
                await using var projector = await Projector.StartAsync(database, log, ("FlushClicks", 37), ("CatchUpFlushClicks", 1));
                var target = stop;
                await projector.WaitAsync(s => s.ClicksProjected >= target);
                await BreakConnectionsAsync(database);
            }

            await using var last = await Projector.StartAsync(database, log, ("FlushClicks", 101), ("CatchUpFlushClicks", 1));
            await last.CaughtUpAsync();
        });

        Assert.NotEmpty(whole);
        Assert.Equal(whole, broken);
    }

    [Fact]
    public async Task Several_projectors_share_the_work_and_take_over()
    {
        await using var log = new MemoryEventLog();
        await ClickGen.AppendAsync(log, ClickGen.Clicks(seed: 6, count: Clicks), Projector.Partitions, perEvent: 5);
        var whole = await RunAsync(async database =>
        {
            await using var projector = await Projector.StartAsync(database, log);
            await projector.CaughtUpAsync();
        });

        var shared = await RunAsync(async database =>
        {
            (string, object)[] settings = [("FlushClicks", 50), ("CatchUpFlushClicks", 1), ("LeaseMs", 1_000)];
            var first = await Projector.StartAsync(database, log, settings);
            await using var second = await Projector.StartAsync(database, log, settings);
            await second.WaitAsync(s => s.ClicksProjected >= 1_000);
            await first.DisposeAsync();
            await second.CaughtUpAsync();
        });

        Assert.Equal(whole, shared);
    }

    private static async Task<List<string>> RunAsync(Func<string, Task> project)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await project(database.ConnectionString);
        await using var sql = NpgsqlDataSource.Create(database.ConnectionString);
        return await ReadModels.DumpAllAsync(sql, 1);
    }

    private static async Task BreakConnectionsAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()", connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
