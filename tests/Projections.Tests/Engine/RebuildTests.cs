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

        await projector.Generations.SwitchAsync(built.Id, cancellationToken: stop);
        await ClickGen.AppendAsync(log, ClickGen.Clicks(seed: 8, count: 100), Projector.Partitions, perEvent: 5);
        var live = await projector.WaitAsync(s => s.ClicksProjected == 2_100);
        await projector.Generations.DropAsync(1, stop);

        Assert.Equal(built.Id, live.Generation);
        Assert.Equal([(built.Id, "active")], (await projector.Generations.ListAsync(stop)).Select(g => (g.Id, g.State)));
    }

    [Fact]
    public async Task Under_load_generations_are_compared_and_switched_without_a_click_vanishing()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var log = new MemoryEventLog();
        await using var database = await TestPostgres.CreateDatabaseAsync(stop);
        await using var projector = await Projector.StartAsync(database.ConnectionString, log);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var load = LoadAsync(log, enough.Token);
        await projector.WaitAsync(s => s.ClicksProjected > 0);
        var built = await projector.Generations.BuildAsync(cancellationToken: stop);
        await projector.WaitAsync(s => s.ClicksProjected > 500);

        Assert.Empty((await projector.Generations.CompareAsync(1, built.Id, stop))!);
        var switched = projector.Generations.SwitchAsync(built.Id, cancellationToken: stop);
        long seen = 0;
        while (!switched.IsCompleted)
        {
            var status = await projector.WaitAsync(_ => true);
            Assert.True(status.ClicksProjected >= seen, $"{status.ClicksProjected} after {seen}");
            seen = status.ClicksProjected;
        }

        await switched;
        await projector.WaitAsync(s => s.Generation == built.Id && s.ClicksProjected > seen + 500);
        await enough.CancelAsync();
        var clicks = await load;
        await projector.WaitAsync(s => s.ClicksProjected == clicks);

        await Assert.ThrowsAsync<InvalidOperationException>(() => projector.Generations.SwitchAsync(1, cancellationToken: stop));
        await projector.Generations.ResumeAsync(1, stop);
        await Projector.UntilAsync(async () => (await projector.Generations.ProgressAsync(1, stop)).IsComplete);
        Assert.Empty((await projector.Generations.CompareAsync(1, built.Id, stop))!);
        await projector.Generations.SwitchAsync(1, cancellationToken: stop);
        Assert.Equal([(1, "active"), (built.Id, "retired")], (await projector.Generations.ListAsync(stop)).Select(g => (g.Id, g.State)));
    }

    /// <summary>A few hundred clicks a second until cancelled; how many it were.</summary>
    private static async Task<int> LoadAsync(MemoryEventLog log, CancellationToken enough)
    {
        var clicks = 0;
        for (var seed = 100; !enough.IsCancellationRequested; seed++)
        {
            await ClickGen.AppendAsync(log, ClickGen.Clicks(seed, count: 10), Projector.Partitions, perEvent: 2);
            clicks += 10;
            await Task.Delay(15, enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return clicks;
    }
}
