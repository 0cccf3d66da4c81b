using Adclicks.Domain.Rollups;
using Adclicks.Projections.Tests.Support;
using Adclicks.Support.Postgres;
using Adclicks.Tests.Support;
using Npgsql;

namespace Adclicks.Projections.Tests.Storage;

/// <summary>Hours and days that get no more clicks are stored in few pieces, and still say the same.</summary>
public sealed class SettlingTests
{
    /// <summary>Runs that differ in size by so much that to write the larger ones anew is not worth it.</summary>
    private const int MaxRunsLeft = 3;

    [Fact]
    public async Task Runs_at_rest_become_one_also_those_that_were_there_before_and_the_counts_stay()
    {
        await using var log = new MemoryEventLog();
        var clicks = ClickGen.Clicks(seed: 9, count: 1_600);
        await ClickGen.AppendAsync(log, clicks.Take(800), Projector.Partitions, perEvent: 5);
        await using var database = await TestPostgres.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await using var sql = NpgsqlDataSource.Create(database.ConnectionString);
        await using (var projector = await Projector.StartAsync(database.ConnectionString, log, ("FlushClicks", 23), ("CatchUpFlushClicks", 1), ("SettleAfterMs", 86_400_000)))
            await projector.CaughtUpAsync();
        var before = await ReadModels.DumpAllAsync(sql, 1);
        Assert.True(await MaxRunsAsync(sql) > MaxRunsLeft);

        await using var settling = await Projector.StartAsync(database.ConnectionString, log, ("FlushClicks", 23), ("CatchUpFlushClicks", 1));
        await Projector.UntilAsync(async () => await MaxRunsAsync(sql) <= MaxRunsLeft);
        Assert.Equal(before, await ReadModels.DumpAllAsync(sql, 1));

        await ClickGen.AppendAsync(log, clicks.Skip(800), Projector.Partitions, perEvent: 5);
        await settling.CaughtUpAsync();
        await Projector.UntilAsync(async () => await MaxRunsAsync(sql) <= MaxRunsLeft);
        await AssertSameAsAtOnceAsync(log, await ReadModels.DumpAllAsync(sql, 1));
    }

    private static async Task AssertSameAsAtOnceAsync(MemoryEventLog log, List<string> rows)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await using (var projector = await Projector.StartAsync(database.ConnectionString, log)) await projector.CaughtUpAsync();
        await using var sql = NpgsqlDataSource.Create(database.ConnectionString);
        Assert.Equal(await ReadModels.DumpAllAsync(sql, 1), rows);
    }

    /// <summary>Of any lane in any span of hours or days.</summary>
    private static async Task<long> MaxRunsAsync(NpgsqlDataSource sql)
    {
        var tables = from cuboid in Cuboids.All from granularity in (Granularity[])[Granularity.Hour, Granularity.Day] select cuboid.TableName(granularity);
        var spans = string.Join(" UNION ALL ", tables.Select(table => $"SELECT count(DISTINCT run) AS runs FROM adclicks_g1.{table} GROUP BY span, lane"));
        await using var command = sql.CreateCommand($"SELECT max(runs) FROM ({spans}) s");
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
