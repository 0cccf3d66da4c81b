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
