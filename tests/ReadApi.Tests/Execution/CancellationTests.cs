using Adclicks.Domain.Access;
using Adclicks.Support;
using Npgsql;

namespace Adclicks.ReadApi.Tests.Execution;

public sealed class CancellationTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/reports/clicks/totals?start_time=2026-03-27&end_time=2026-03-31")]
    [InlineData("/reports/clicks/stream?start_time=2026-03-27&end_time=2026-03-31")]
    public async Task The_database_stops_working_for_a_client_that_has_left(string path)
    {
        await using var connection = new NpgsqlConnection(api.ConnectionString);
        await connection.OpenAsync(Token);
        await using var transaction = await connection.BeginTransactionAsync(Token);
        await using (var hold = new NpgsqlCommand("LOCK TABLE adclicks.leases IN ACCESS EXCLUSIVE MODE", connection, transaction)) await hold.ExecuteNonQueryAsync(Token);
        using var client = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-Api-Key", Roles.Analyst);
        var asked = api.Client.SendAsync(request, client.Token);
        await UntilWorkingAsync(1);

        await client.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await UntilWorkingAsync(0);
    }

    private async Task UntilWorkingAsync(long wanted)
    {
        await using var source = NpgsqlDataSource.Create(api.ConnectionString);
        var working = -1L;
        await Eventually.TrueAsync(IsSoAsync, () => $"{working} are at work.", TimeSpan.FromSeconds(8));

        async Task<bool> IsSoAsync()
        {
            await using var command = source.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'adclicks-readapi' AND state = 'active'");
            working = (long)(await command.ExecuteScalarAsync(Token))!;
            return working == wanted;
        }
    }
}
