using Adclicks.ReadApi.Tests.Execution;
using Npgsql;

namespace Adclicks.ReadApi.Tests.Views;

public sealed class ReportViewsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Theory]
    [InlineData("clicks_by_minute")]
    [InlineData("clicks_by_hour")]
    [InlineData("clicks_by_day_ad")]
    public async Task A_view_shows_every_click_of_the_active_generation(string view)
    {
        Assert.Equal(
            (long)api.Clicks.Count,
            await WhenThereAsync($"SELECT sum(gross_click_count)::bigint FROM adclicks_views.{view} WHERE ad_id <> ''"));
    }

    [Fact]
    public async Task A_row_has_its_bucket_its_counts_and_sketches_in_the_format_of_the_extension()
    {
        var first = api.Clicks.Where(click => !click.Duplicate).GroupBy(click => click.Visitor).First().First();
        var hour = first.Time.Date.AddHours(first.Time.Hour);
        var found = await WhenThereAsync($"""
            SELECT string_agg(encode(unique_users_hll, 'hex'), ' ') FROM adclicks_views.clicks_by_hour
            WHERE span = '{hour.Date:yyyy-MM-dd}Z' AND "time" = '{hour:s}Z' AND click_count > 0 AND duplicate_click_count = gross_click_count - click_count
            """);
        var one = Convert.ToHexStringLower(RollupDatabase.Sketch([first.Visitor]).ToBytes());

        Assert.Contains(one, (string)found!, StringComparison.Ordinal);
        Assert.All(((string)found!).Split(' '), hex => Adclicks.Domain.Sketches.HyperLogLog.FromBytes(Convert.FromHexString(hex)));
    }

    /// <summary>With the statements that the documentation gives.</summary>
    [Fact]
    public async Task A_role_that_may_read_the_views_alone_gets_every_count_and_nothing_else()
    {
        var settings = new NpgsqlConnectionStringBuilder(api.ConnectionString);
        var role = "bi_" + settings.Database;
        await WhenThereAsync("SELECT count(*) FROM adclicks_views.clicks_by_hour");
        await using var source = NpgsqlDataSource.Create(api.ConnectionString);
        await ExecuteAsync(source, $"CREATE ROLE {role} LOGIN; GRANT USAGE ON SCHEMA adclicks_views TO {role}; GRANT SELECT ON ALL TABLES IN SCHEMA adclicks_views TO {role}");
        await using (var reader = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(api.ConnectionString) { Username = role, Pooling = false }.ConnectionString))
        {
            foreach (var view in (string[])["clicks_by_minute", "clicks_by_hour", "clicks_by_day"])
            {
                await using var command = reader.CreateCommand($"""
                    SELECT sum(gross_click_count)::bigint FROM adclicks_views.{view} WHERE span >= '2026-03-01' AND time < '2026-03-31Z'
                    AND gross_click_count = billable_click_count + fraudulent_click_count + duplicate_click_count
                    """);
                Assert.Equal((long)api.Clicks.Count, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
            }

            foreach (var statement in (string[])["SELECT * FROM adclicks.dictionary", "SELECT span FROM adclicks_g3.rollup_full_day", "CREATE TABLE adclicks_views.mine (id int)"])
            {
                var refusal = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(reader, statement));
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
            }
        }

        await ExecuteAsync(source, $"DROP OWNED BY {role}; DROP ROLE {role}");
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private async Task<object?> WhenThereAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(api.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        for (var deadline = DateTime.UtcNow.AddSeconds(20);;)
        {
            try
            {
                return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
            }
            catch (PostgresException e) when (e.SqlState is "42P01" or "3F000" && DateTime.UtcNow < deadline)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }
    }
}
