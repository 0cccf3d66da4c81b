using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Adclicks.Domain.Access;
using Npgsql;

namespace Adclicks.ReadApi.Tests.GraphQL;

/// <summary>Each bound of a query is met by one that exceeds it, and by one that just does not.</summary>
public sealed class LimitTests : IAsyncLifetime
{
    private const string Range = "startTime: \"2026-03-27\", endTime: \"2026-03-31\"";

    private readonly ApiFixture _api = new() { StatementTimeout = TimeSpan.FromSeconds(2) };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _api.InitializeAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Theory]
    [InlineData(7, true)]
    [InlineData(8, false)]
    public async Task Depth(int levels, bool isAnswered)
    {
        var nested = string.Concat(Enumerable.Repeat("compared { ", levels)) + "grossClickCount" + new string('}', levels);

        await AssertAsync($"{{ totals({Range}) {{ rows {{ {nested} }} }} }}", isAnswered, "depth");
    }

    [Theory]
    [InlineData(40, true)]
    [InlineData(100, false)]
    public async Task Complexity(int fields, bool isAnswered)
    {
        var wide = string.Concat(Enumerable.Range(0, fields).Select(i => $"a{i}: totals({Range}) {{ rows {{ grossClickCount clickCount }} }} "));

        await AssertAsync($"{{ {wide} }}", isAnswered, "complex");
    }

    [Fact]
    public async Task Time_and_fields_at_once()
    {
        await using var connection = new NpgsqlConnection(_api.ConnectionString);
        await connection.OpenAsync(Token);
        await using var transaction = await connection.BeginTransactionAsync(Token);
        await using (var hold = new NpgsqlCommand("LOCK TABLE adclicks.leases IN ACCESS EXCLUSIVE MODE", connection, transaction)) await hold.ExecuteNonQueryAsync(Token);
        var fields = string.Concat(Enumerable.Range(1, 8).Select(i => $"a{i}: totals(startTime: \"2026-03-27\", endTime: \"2026-03-28T0{i}:00Z\") {{ rows {{ grossClickCount }} }} "));
        var asked = _api.QueryAsync($"{{ {fields} }}");
        var most = await MostAtWorkAsync(asked);

        Assert.Contains("TIMEOUT", (await asked).GetRawText(), StringComparison.Ordinal);
        Assert.Equal(4, most);
    }

    [Fact]
    public async Task Size()
    {
        using var response = await PostAsync(new { query = $"{{ totals({Range}) {{ generation }} }} #" + new string('x', 70_000) });

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task A_query_is_known_by_its_hash_once_it_was_sent()
    {
        var query = $"{{ totals({Range}) {{ generation }} }}";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(query)));
        object Extensions(string sha256Hash) => new { persistedQuery = new { version = 1, sha256Hash } };

        Assert.Contains("PERSISTED_QUERY_NOT_FOUND", await TextAsync(new { extensions = Extensions(hash) }), StringComparison.Ordinal);
        Assert.Contains("PERSISTED_QUERY_HASH_MISMATCH", await TextAsync(new { query = query + " ", extensions = Extensions(hash) }), StringComparison.Ordinal);
        Assert.Equal("""{"data":{"totals":{"generation":3}}}""", await TextAsync(new { query, extensions = Extensions(hash) }));
        Assert.Equal("""{"data":{"totals":{"generation":3}}}""", await TextAsync(new { extensions = Extensions(hash) }));
    }

    private async Task AssertAsync(string query, bool isAnswered, string limit)
    {
        var answer = await _api.QueryAsync(query);

        Assert.Equal(isAnswered, answer.TryGetProperty("data", out _));
        if (!isAnswered) Assert.Contains(limit, answer.GetProperty("errors")[0].GetRawText(), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>How many statements wait at the same time, at the most, until a task ends.</summary>
    private async Task<long> MostAtWorkAsync(Task until)
    {
        await using var source = NpgsqlDataSource.Create(_api.ConnectionString);
        long most = 0;
        while (!until.IsCompleted)
        {
            await using var command = source.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'adclicks-readapi' AND state = 'active'");
            most = Math.Max(most, (long)(await command.ExecuteScalarAsync(Token))!);
            await Task.Delay(20, Token);
        }

        return most;
    }

    private async Task<string> TextAsync(object body)
    {
        using var response = await PostAsync(body);
        return await response.Content.ReadAsStringAsync(Token);
    }

    private async Task<HttpResponseMessage> PostAsync(object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/graphql") { Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Api-Key", Roles.Analyst);
        return await _api.Client.SendAsync(request, Token);
    }
}
