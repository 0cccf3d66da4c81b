using Adclicks.Domain.Clicks;
using Adclicks.Domain.Rollups;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Projections.Generations;
using Adclicks.Projections.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Adclicks.Projections.Tests.Generations;

public sealed class PartialBuildTests : ProjectorTests
{
    /// <summary>Lanes 0 and 1 of the active generation are both changed by hand: what is projected anew is right again, what is taken over is as it was.</summary>
    [Fact]
    public async Task Some_partitions_are_projected_anew_and_the_others_taken_over_and_both_go_on()
    {
        var clicks = ClickGen.Clicks(seed: 40, count: 900);
        await ClickGen.AppendAsync(Log, clicks.Take(600), Projector.Partitions, perEvent: 5);
        await Log.AppendAsync(StreamNames.Clicks(2), ExpectedRevision.Any, [ClickGen.Event(ClicksRecorded.EventType, [0xff])], Token);
        Generation built;
        await using (var first = await Projector.StartAsync(ConnectionString, Log, ("FlushClicks", 50), ("CatchUpFlushClicks", 1)))
        {
            await first.WaitAsync(s => s.ClicksProjected == 600 && s.DeadLetters == 1);
            await ExecuteAsync("UPDATE adclicks_g1.verdicts SET clicks = clicks + 1000 WHERE verdict = 'counted'");
            await ExecuteAsync("INSERT INTO adclicks_g1.dropped_ranges VALUES ('minute', '2020-01-01', '2020-02-01')");
            built = await first.Generations.BuildAsync(new(Partitions: [3]), Token);
            await Assert.ThrowsAsync<InvalidOperationException>(() => first.Generations.BuildAsync(new(Partitions: [0]), Token));
            await Assert.ThrowsAsync<InvalidOperationException>(() => first.Generations.BuildAsync(cancellationToken: Token));
        }

        // The process went away in the middle of it, and other settings are in force now.
        await using var second = await Projector.StartAsync(ConnectionString, Log, ("FlushClicks", 50), ("Dedup:WindowMs", 60_000));
        Assert.Equal(built.Id, (await second.Generations.BuildAsync(new(Partitions: [3, 5]), Token)).Id);
        await Projector.UntilAsync(async () => (await second.Generations.ProgressAsync(built.Id, Token)).IsComplete);
        await ClickGen.AppendAsync(Log, clicks.Skip(600), Projector.Partitions, perEvent: 5);
        await second.WaitAsync(s => s.ClicksProjected == 900);
        await Projector.UntilAsync(async () => (await second.Generations.ProgressAsync(built.Id, Token)).IsComplete);

        Assert.Equal([1, 3, 5, 7], built.Rules.Part!.Partitions);
        var changed = (await second.Generations.CompareAsync(1, built.Id, Token))!;
        Assert.Equal(["verdicts"], changed.Select(d => d.Table));
        await ExecuteAsync("UPDATE adclicks_g1.verdicts SET clicks = clicks - 1000 WHERE lane = 1 AND clicks > 1000");
        Assert.Empty((await second.Generations.CompareAsync(1, built.Id, Token))!);
        Assert.True(await ScalarAsync<long>($"SELECT max(clicks) FROM adclicks_g{built.Id}.verdicts WHERE lane = 0") > 1_000);
        Assert.Equal(1, (await second.Generations.ProgressAsync(built.Id, Token)).DeadLetters);
        Assert.Equal(1, await ScalarAsync<long>($"SELECT count(*) FROM adclicks_g{built.Id}.dropped_times"));
        foreach (var granularity in Granularities.All)
            Assert.Equal(BruteForce.Rows(clicks, Projector.Partitions, Cuboids.Full, granularity), await ReadModels.DumpAsync(Sql, built.Id, Cuboids.Full, granularity));

        await second.Generations.SwitchAsync(built.Id, SwitchDespite.DeadLetters, Token);
        await second.Generations.DropAsync(1, Token);
    }

    [Fact]
    public async Task What_is_to_be_taken_over_from_a_generation_that_is_dropped_is_projected_anew()
    {
        var clicks = ClickGen.Clicks(seed: 41, count: 200);
        await ClickGen.AppendAsync(Log, clicks, Projector.Partitions, perEvent: 5);
        int whole, part;
        await using (var first = await Projector.StartAsync(ConnectionString, Log))
        {
            await first.CaughtUpAsync();
            await Assert.ThrowsAsync<InvalidOperationException>(() => first.Generations.BuildAsync(new(Partitions: [8]), Token));
            await Assert.ThrowsAsync<InvalidOperationException>(() => first.Generations.BuildAsync(new(LatestRules: true, Partitions: [1]), Token));
            whole = (await first.Generations.BuildAsync(cancellationToken: Token)).Id;
            await Projector.UntilAsync(async () => (await first.Generations.ProgressAsync(whole, Token)).IsComplete);
            await first.Generations.SwitchAsync(whole, cancellationToken: Token);
        }

        // Nobody projects meanwhile.
        await using (var asked = Projector.OnlyAsked(ConnectionString, Log))
        {
            var generations = asked.GetRequiredService<IGenerations>();
            part = (await generations.BuildAsync(new(Partitions: [1]), Token)).Id;
            await generations.SwitchAsync(1, SwitchDespite.Lag, Token);
            await generations.DropAsync(whole, Token);
        }

        await using var second = await Projector.StartAsync(ConnectionString, Log);
        await Projector.UntilAsync(async () => (await second.Generations.ProgressAsync(part, Token)).IsComplete);
        Assert.Empty((await second.Generations.CompareAsync(1, part, Token))!);
        Assert.Equal(200, (await second.Generations.ProgressAsync(part, Token)).Clicks);
    }
}
