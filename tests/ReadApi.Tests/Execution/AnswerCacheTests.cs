using Adclicks.Domain.Access;
using Adclicks.Domain.Rollups;
using Adclicks.Projections.Storage;
using Adclicks.ReadApi.Live;
using Adclicks.Support;
using Npgsql;

namespace Adclicks.ReadApi.Tests.Execution;

/// <summary>Freshness stands for the counts here: a commit changes it, and only one who reads again sees the change.</summary>
public sealed class AnswerCacheTests : IAsyncLifetime
{
    private const string Totals = "/reports/clicks/totals?start_time=2026-03-27&end_time=2026-03-31&metrics=gross_click_count";

    private static readonly int FirstMinute = (int)(new DateTimeOffset(TestClick.Start).ToUnixTimeSeconds() / 60);

    private readonly ApiFixture _api = new() { CacheTime = TimeSpan.FromMinutes(10) };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _api.InitializeAsync();
        var feed = _api.Service<CommitFeed>();
        await feed.WaitAsync(0).WaitAsync(TimeSpan.FromSeconds(30), Token);
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task An_answer_is_kept_until_clicks_of_its_range_are_counted()
    {
        var first = await FreshUntilAsync(Totals);
        await ExecuteAsync("UPDATE adclicks.leases SET fresh_until = '2026-04-05T10:00Z'");
        var kept = await FreshUntilAsync(Totals);
        await CommitAsync(FirstMinute - 60, FirstMinute - 1);
        var keptStill = await FreshUntilAsync(Totals);
        await CommitAsync(FirstMinute - 60, FirstMinute);

        Assert.Equal(first, kept);
        Assert.Equal(first, keptStill);
        Assert.Equal("2026-04-05T10:00:00Z", await FreshUntilAsync(Totals));
    }

    [Fact]
    public async Task Clicks_of_the_period_compared_with_end_an_answer_too()
    {
        const string path = "/reports/clicks/totals?start_time=2026-03-29&end_time=2026-03-31&compare=previous_period";
        await FreshUntilAsync(path);
        await ExecuteAsync("UPDATE adclicks.leases SET fresh_until = '2026-04-06T10:00Z'");
        await CommitAsync(FirstMinute, FirstMinute);

        Assert.Equal("2026-04-06T10:00:00Z", await FreshUntilAsync(path));
    }

    [Fact]
    public async Task What_one_may_see_is_never_shown_to_another()
    {
        string[] keys = [Roles.Analyst, "advertiser:advertiser-1", "advertiser:advertiser-2", "publisher:publisher-1", Roles.Analyst, "advertiser:advertiser-2"];
        foreach (var key in keys)
        {
            var owner = key.Split(':');
            var expected = _api.Clicks.Count(click => owner.Length == 1
                || click[owner[0] == Roles.Advertiser ? Dimension.Advertiser : Dimension.Publisher] == owner[1]);
            var rows = (await _api.JsonAsync(Totals, key: key)).GetProperty("rows");

            Assert.Equal(expected, rows[0].GetProperty("gross_click_count").GetInt32());
        }
    }

    [Fact]
    public async Task Many_who_ask_the_same_at_once_cost_one_reading()
    {
        // Whoever reads waits for this transaction to end.
        await using var connection = new NpgsqlConnection(_api.ConnectionString);
        await connection.OpenAsync(Token);
        await using var transaction = await connection.BeginTransactionAsync(Token);
        await using (var hold = new NpgsqlCommand("LOCK TABLE adclicks.leases IN ACCESS EXCLUSIVE MODE", connection, transaction)) await hold.ExecuteNonQueryAsync(Token);
        var asked = Enumerable.Range(0, 8).Select(_ => _api.JsonAsync(Totals)).ToList();
        await WaitersAsync(1);
        var tenth = _api.JsonAsync(Totals + "&filters=country:US");
        await WaitersAsync(2);
        await transaction.RollbackAsync(Token);
        await Task.WhenAll(asked.Append(tenth));
    }

    /// <summary>Until so many readers wait for the lock; more fail the test.</summary>
    private async Task WaitersAsync(long wanted)
    {
        await using var source = NpgsqlDataSource.Create(_api.ConnectionString);
        var waiters = 0L;
        await Eventually.TrueAsync(IsSoAsync, () => $"{waiters} wait.");

        async Task<bool> IsSoAsync()
        {
            await using var command = source.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'adclicks-readapi' AND wait_event_type = 'Lock'");
            waiters = (long)(await command.ExecuteScalarAsync(Token))!;
            Assert.InRange(waiters, 0, wanted);
            return waiters == wanted;
        }
    }

    private async Task<string?> FreshUntilAsync(string path) => (await _api.JsonAsync(path)).GetProperty("fresh_until").GetString();

    private async Task CommitAsync(int firstMinute, int lastMinute)
    {
        var feed = _api.Service<CommitFeed>();
        var heard = feed.WaitAsync(feed.Commits);
        await ExecuteAsync($"SELECT pg_notify('{CommitNotice.Channel}', '{new CommitNotice(RollupDatabase.Generation, firstMinute, lastMinute)}')");
        await heard.WaitAsync(TimeSpan.FromSeconds(30), Token);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_api.ConnectionString);
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Token);
    }
}
