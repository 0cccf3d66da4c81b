using Adclicks.Domain.Clicks;
using Adclicks.Domain.Rollups;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Projections.Storage;
using Adclicks.Projections.Tests.Support;
using Adclicks.Support.Postgres;
using Npgsql;

namespace Adclicks.Projections.Tests.Engine;

public sealed class ProjectionTests : ProjectorTests
{
    [Fact]
    public async Task Every_rollup_equals_a_count_from_scratch()
    {
        var clicks = ClickGen.Clicks(seed: 1, count: 3_000);
        await ClickGen.AppendAsync(Log, clicks, Projector.Partitions, perEvent: 7);
        await using var projector = await Projector.StartAsync(ConnectionString, Log, ("FlushClicks", 500), ("CatchUpFlushClicks", 1));

        var status = await projector.CaughtUpAsync();

        Assert.Equal(clicks.Count, status.ClicksProjected);
        foreach (var cuboid in Cuboids.All)
        {
            foreach (var granularity in cuboid.Granularities)
            {
                var expected = BruteForce.Rows(clicks, Projector.Partitions, cuboid, granularity);
                Assert.Equal(expected, await ReadModels.DumpAsync(Sql, 1, cuboid, granularity));
            }
        }
    }

    [Fact]
    public async Task Counts_are_announced_when_they_are_committed()
    {
        var token = TestContext.Current.CancellationToken;
        await using var connection = await Sql.OpenConnectionAsync(token);
        var heard = new List<string>();
        connection.Notification += (_, notice) => heard.Add(notice.Payload);
        await using (var listen = new NpgsqlCommand($"LISTEN {CommitNotice.Channel}", connection)) await listen.ExecuteNonQueryAsync(token);
        await ClickGen.AppendAsync(Log, ClickGen.Clicks(seed: 12, count: 10), Projector.Partitions, perEvent: 20);
        await using var projector = await Projector.StartAsync(ConnectionString, Log);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(TimeSpan.FromMinutes(1));

        await connection.WaitAsync(limit.Token);

        Assert.True(CommitNotice.TryParse(heard[0], out var commit), heard[0]);
        Assert.Equal(1, commit.Generation);
        Assert.InRange(commit.LastMinute, commit.FirstMinute, int.MaxValue);
        Assert.NotEmpty(await QueryAsync("SELECT verdict, sum(clicks) FROM adclicks_g1.verdicts GROUP BY 1"));
    }

    [Fact]
    public async Task Verdicts_add_up_to_gross()
    {
        await ClickGen.AppendAsync(Log, ClickGen.Clicks(seed: 2, count: 500), Projector.Partitions, perEvent: 20);
        await using var projector = await Projector.StartAsync(ConnectionString, Log);
        await projector.CaughtUpAsync();

        var verdicts = await QueryAsync("SELECT bucket, sum(clicks) FROM adclicks_g1.verdicts GROUP BY 1 ORDER BY 1");
        var ads = Cuboids.All.Single(c => c.Name == "ad");
        var gross = (await RollupTable.ReadAsync(Sql, 1, ads, Granularity.Hour)).GroupBy(r => r.Bucket).OrderBy(g => g.Key).Select(g => $"{g.Key}|{g.Sum(r => r.Gross)}").ToList();
        var kinds = await QueryAsync("SELECT DISTINCT verdict, 0 FROM adclicks_g1.verdicts ORDER BY 1");

        Assert.Equal(gross, verdicts);
        Assert.Equal(["counted|0", "duplicate:event_id|0", "duplicate:visitor|0", "marked:crawler|0", "marked:rate_limited|0"], kinds);
    }

    [Fact]
    public async Task A_poison_event_is_set_aside_and_an_unknown_one_skipped()
    {
        var clicks = ClickGen.Clicks(seed: 3, count: 100);
        await ClickGen.AppendAsync(Log, clicks.Take(50), Projector.Partitions, perEvent: 10);
        byte[] poison = [.. ClickEncoder.Encode(clicks[0]), 0x0A, 0x7F];
        await Log.AppendAsync(StreamNames.Clicks(3), ExpectedRevision.Any, [ClickGen.Event(ClicksRecorded.EventType, poison), ClickGen.Event("other", [1])], TestContext.Current.CancellationToken);
        await ClickGen.AppendAsync(Log, clicks.Skip(50), Projector.Partitions, perEvent: 10);
        await using var projector = await Projector.StartAsync(ConnectionString, Log);

        var status = await projector.CaughtUpAsync();

        Assert.Equal((100, 1, 1), (status.ClicksProjected, status.DeadLetters, status.UnknownEvents));
        await using var command = Sql.CreateCommand("SELECT data FROM adclicks_g1.dead_letters WHERE stream = 'clicks-003'");
        Assert.Equal(poison, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_dead_letter_is_retried_with_another_reason_or_counted_after_all_or_discarded()
    {
        var stop = TestContext.Current.CancellationToken;
        byte[] poison = [0x0A, 0x7F];
        await Log.AppendAsync(StreamNames.Clicks(3), ExpectedRevision.Any, [ClickGen.Event(ClicksRecorded.EventType, poison), ClickGen.Event(ClicksRecorded.EventType, [0x0B])], stop);
        await using var projector = await Projector.StartAsync(ConnectionString, Log);
        await projector.WaitAsync(s => s.DeadLetters == 2);
        var first = (await projector.DeadLetters.ListAsync(10, cancellationToken: stop))[0];

        Assert.Equal(poison, (await projector.DeadLetters.ShowAsync("clicks-003", 0, cancellationToken: stop))!.Data.ToArray());
        Assert.True(await projector.DeadLetters.RetryAsync("clicks-003", 0, cancellationToken: stop));
        await Projector.UntilAsync(async () => (await projector.DeadLetters.ListAsync(10, cancellationToken: stop)).Any(l => l.Revision == 0 && l.FailedAt > first.FailedAt));
        Assert.True(await projector.DeadLetters.DiscardAsync("clicks-003", 1, cancellationToken: stop));

        // As if a later version could read it.
        await using (var mend = Sql.CreateCommand("UPDATE adclicks_g1.dead_letters SET data = $1"))
        {
            mend.Parameters.Add(new() { Value = ClickEncoder.Encode(ClickGen.Clicks(seed: 9, count: 1)[0]) });
            await mend.ExecuteNonQueryAsync(stop);
        }

        Assert.True(await projector.DeadLetters.RetryAsync("clicks-003", 0, cancellationToken: stop));
        await projector.WaitAsync(s => s is { ClicksProjected: 1, DeadLetters: 0 });
    }

    [Fact]
    public async Task Freshness_advances_without_clicks_and_a_live_click_is_soon_in_the_report()
    {
        await using var projector = await Projector.StartAsync(ConnectionString, Log);
        var first = (await projector.WaitAsync(s => s.FreshUntil is not null)).FreshUntil;
        await projector.WaitAsync(s => s.FreshUntil > first);

        // The quickest of three: others may use the machine, too.
        var took = new List<TimeSpan>();
        for (var click = 1; click <= 3; click++)
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            await ClickGen.AppendAsync(Log, ClickGen.Clicks(seed: 3 + click, count: 1), Projector.Partitions, perEvent: 1);
            await projector.WaitAsync(s => s.ClicksProjected == click);
            took.Add(clock.Elapsed);
        }

        Assert.True(took.Min() < TimeSpan.FromSeconds(2), string.Join(", ", took));
    }

    private async Task<List<string>> QueryAsync(string sql)
    {
        await using var command = Sql.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken)) rows.Add($"{reader[0]}|{reader[1]}");
        return rows;
    }
}
