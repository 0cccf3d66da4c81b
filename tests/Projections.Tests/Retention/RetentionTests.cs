using System.Data;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Rollups;
using Adclicks.Projections.Tests.Billing;
using Adclicks.Projections.Tests.Support;
using Npgsql;

namespace Adclicks.Projections.Tests.Retention;

public sealed class RetentionTests : ProjectorTests
{
    private readonly SetClock _clock = new() { Now = ClickGen.Start };

    [Fact]
    public async Task Minutes_go_and_hours_stay_and_a_rebuild_is_like_what_is_left()
    {
        var clicks = ClickGen.Clicks(seed: 30, count: 600);
        await ClickGen.AppendAsync(Log, clicks, Projector.Partitions, perEvent: 10);
        await using var projector = await StartAsync();
        await projector.CaughtUpAsync();
        Assert.Equal(600, await GrossAsync(Granularity.Minute, "-infinity", "infinity"));

        _clock.Now += TimeSpan.FromDays(9);
        await UntilGrossAsync(0, Granularity.Minute, "-infinity", "infinity");

        Assert.Equal(600, await GrossAsync(Granularity.Hour, "-infinity", "infinity"));
        var times = clicks.Select(c => c.ClickedAtMs).ToArray();
        var dropped = $"minute {Hour(times.Min()):u} {Hour(times.Max()).AddHours(1):u}";
        await Projector.UntilAsync(async () => await DroppedAsync() == dropped);

        await ClickGen.AppendAsync(Log, ClickGen.Clicks(seed: 31, count: 100), Projector.Partitions, perEvent: 10);
        await projector.WaitAsync(s => s.ClicksProjected == 700);
        var built = await projector.Generations.BuildAsync(cancellationToken: Token);
        await Projector.UntilAsync(async () => (await projector.Generations.ProgressAsync(built.Id, Token)).IsComplete);
        Assert.Empty((await projector.Generations.CompareAsync(1, built.Id, Token))!);
        Assert.Equal(700, await GrossAsync(Granularity.Minute, "-infinity", "infinity", built.Id));
    }

    [Fact]
    public async Task What_was_backfilled_stays_for_as_long_after_it_came()
    {
        await using var projector = await StartAsync();
        await AppendAsync("2024-06-01", 5);
        await projector.WaitAsync(s => s.ClicksProjected == 5);
        _clock.Now += TimeSpan.FromDays(2);
        await AppendAsync("2023-06-01", 7);
        await projector.WaitAsync(s => s.ClicksProjected == 12);

        _clock.Now += TimeSpan.FromDays(6);
        await UntilGrossAsync(0, Granularity.Minute, "2024-01-01", "2025-01-01");

        Assert.Equal(7, await GrossAsync(Granularity.Minute, "2023-01-01", "2024-01-01"));
    }

    [Fact]
    public async Task Nobody_loses_what_he_is_reading_and_nobody_waits()
    {
        await ClickGen.AppendAsync(Log, ClickGen.Clicks(seed: 32, count: 100), Projector.Partitions, perEvent: 10);
        await using var projector = await StartAsync();
        await projector.CaughtUpAsync();
        await using var reader = await Sql.OpenConnectionAsync(Token);
        await using var snapshot = await reader.BeginTransactionAsync(IsolationLevel.RepeatableRead, Token);
        await using (var begin = new NpgsqlCommand("SELECT count(*) FROM pg_class", reader)) await begin.ExecuteScalarAsync(Token);

        _clock.Now += TimeSpan.FromDays(9);
        await Projector.UntilAsync(async () => await ScalarAsync<long>("SELECT count(*) FROM adclicks_g1.time_partitions WHERE waits_for IS NOT NULL") > 0);

        Assert.Equal("", await DroppedAsync(reader));
        Assert.NotEqual("", await DroppedAsync());
        await AppendAsync("2026-03-11", 1);
        await projector.WaitAsync(s => s.ClicksProjected == 101);
        await using (var blocks = new NpgsqlCommand("SELECT sum(rows) FROM adclicks_g1.rollup_ad_minute", reader)) Assert.True((long)(await blocks.ExecuteScalarAsync(Token))! > 0);

        // Another one that came later, and keeps the table open while the partition is being detached.
        await using var late = await Sql.OpenConnectionAsync(Token);
        await using var open = await late.BeginTransactionAsync(Token);
        await using (var read = new NpgsqlCommand("SELECT sum(rows) FROM adclicks_g1.rollup_ad_minute", late)) await read.ExecuteScalarAsync(Token);
        await snapshot.CommitAsync(Token);
        await Projector.UntilAsync(async () => await ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%DETACH%' AND wait_event_type = 'Lock'") > 0);
        await using (var others = await Sql.OpenConnectionAsync(Token))
        {
            await using var impatient = new NpgsqlCommand($"SET lock_timeout = 100; {string.Join("; ", Cuboids.All.Where(c => c.Granularities.Contains(Granularity.Minute)).Select(c => $"SELECT count(*) FROM adclicks_g1.{c.TableName(Granularity.Minute)}"))}", others);
            await impatient.ExecuteNonQueryAsync(Token);
        }

        await AppendAsync("2026-03-12", 2);
        await projector.WaitAsync(s => s.ClicksProjected == 103);
        await open.CommitAsync(Token);
        await UntilGrossAsync(3, Granularity.Minute, "-infinity", "infinity");
        await Projector.UntilAsync(async () => await ScalarAsync<long>("SELECT count(*) FROM pg_inherits WHERE inhdetachpending") == 0);
    }

    [Fact]
    public async Task Ten_years_of_backfill_in_any_order_are_few_partitions()
    {
        var days = Enumerable.Range(0, 3_650).Select(d => ClickGen.Start.AddDays(-d - 30)).ToArray();
        new Random(4).Shuffle(days);
        await ClickGen.AppendAsync(Log, days.Select((d, i) => Click(d, i)), Projector.Partitions, perEvent: 50);
        await using var projector = await StartAsync();

        await projector.WaitAsync(s => s.ClicksProjected == days.Length);

        Assert.Equal(days.Length, await GrossAsync(Granularity.Minute, "-infinity", "infinity"));
        Assert.Equal(days.Length, await GrossAsync(Granularity.Day, "-infinity", "infinity"));
        Assert.InRange(await ScalarAsync<long>("SELECT count(*) FROM adclicks_g1.time_partitions"), 20, 60);
    }

    private Task<Projector> StartAsync() => Projector.StartAsync(
        ConnectionString, Log, _clock, ("Retention:CheckEvery", "00:00:00.100"), ("Retention:Day", "00:00:00"));

    private Task AppendAsync(string day, int count)
    {
        var start = DateTimeOffset.Parse(day + "T12:00:00Z", null);
        return ClickGen.AppendAsync(Log, Enumerable.Range(0, count).Select(i => Click(start.AddMinutes(i), i)), Projector.Partitions, perEvent: 10);
    }

    private static Click Click(DateTimeOffset time, int number) => new()
    {
        EventId = $"{time:O}-{number}", ClickedAtMs = time.ToUnixTimeMilliseconds(), ServerTimestampMs = ClickGen.Start.ToUnixTimeMilliseconds(), AdId = $"ad{number % 10}",
        VisitorHash = new Guid(number, 0, 0, new byte[8]).ToByteArray(),
    };

    private static DateTimeOffset Hour(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(Granularity.Hour.BucketOf(ms));

    private async Task UntilGrossAsync(long gross, Granularity granularity, string from, string to) =>
        await Projector.UntilAsync(async () => await GrossAsync(granularity, from, to) == gross);

    /// <summary>Clicks in the narrowest table of a granularity.</summary>
    private async Task<long> GrossAsync(Granularity granularity, string from, string to, int generation = 1)
    {
        var ad = Cuboids.All.Single(c => c.Name == "ad");
        await using var command = Sql.CreateCommand(
            $"SELECT rows, {string.Join(", ", ad.PackedColumns)} FROM adclicks_g{generation}.{ad.TableName(granularity)} WHERE span >= '{from}' AND span < '{to}'");
        await using var reader = await command.ExecuteReaderAsync(Token);
        var rows = new RollupRows(ad.Dimensions.Count);
        while (await reader.ReadAsync(Token)) rows.AddBlock(reader.GetInt32(0), [.. Enumerable.Range(1, reader.FieldCount - 1).Select(reader.GetFieldValue<byte[]>)]);
        return Enumerable.Range(0, rows.Count).Sum(row => rows.Counter(row, 0));
    }

    private async Task<string> DroppedAsync(NpgsqlConnection? connection = null)
    {
        await using var own = connection is null ? await Sql.OpenConnectionAsync(Token) : null;
        await using var command = new NpgsqlCommand("SELECT granularity, from_time, to_time FROM adclicks_g1.dropped_times ORDER BY 1, 2", connection ?? own);
        await using var reader = await command.ExecuteReaderAsync(Token);
        var ranges = new List<string>();
        while (await reader.ReadAsync(Token)) ranges.Add($"{reader.GetString(0)} {reader.GetDateTime(1):u} {reader.GetDateTime(2):u}");
        return string.Join(", ", ranges);
    }
}
