using Adclicks.Projections.Tests.Support;
using Adclicks.Support.Postgres;
using Adclicks.Tests.Support;
using Npgsql;

namespace Adclicks.Projections.Tests.Engine;

public sealed class RebuildTests
{
    [Fact]
    public async Task A_rebuild_equals_the_live_result_and_takes_its_place()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var log = new MemoryEventLog();
        await using var database = await TestPostgres.CreateDatabaseAsync(stop);
        await using var sql = NpgsqlDataSource.Create(database.ConnectionString);
        var clicks = ClickGen.Clicks(seed: 7, count: 2_000);
        await using var projector = await Projector.StartAsync(database.ConnectionString, log, ("FlushClicks", 90), ("CatchUpFlushClicks", 1));
        await ClickGen.AppendAsync(log, clicks.Take(1_000), Projector.Partitions, perEvent: 5);
        await projector.CaughtUpAsync();

        var built = await projector.Generations.BuildAsync(cancellationToken: stop);
        await ClickGen.AppendAsync(log, clicks.Skip(1_000), Projector.Partitions, perEvent: 5);
        await projector.CaughtUpAsync();
        await Projector.UntilAsync(async () => (await projector.Generations.ProgressAsync(built.Id, stop)).IsComplete);

        Assert.Equal(2_000, (await projector.Generations.ProgressAsync(built.Id, stop)).Clicks);
        Assert.Empty((await projector.Generations.CompareAsync(1, built.Id, stop))!);
        Assert.Equal(await ReadModels.DumpAllAsync(sql, 1), await ReadModels.DumpAllAsync(sql, built.Id));

        await projector.Generations.SwitchAsync(built.Id, stop);
        await ClickGen.AppendAsync(log, ClickGen.Clicks(seed: 8, count: 100), Projector.Partitions, perEvent: 5);
        var live = await projector.WaitAsync(s => s.ClicksProjected == 2_100);
        await projector.Generations.DropAsync(1, stop);

        Assert.Equal(built.Id, live.Generation);
        Assert.Equal([(built.Id, "active")], (await projector.Generations.ListAsync(stop)).Select(g => (g.Id, g.State)));
    }
}
