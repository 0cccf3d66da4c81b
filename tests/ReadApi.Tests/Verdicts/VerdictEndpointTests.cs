using System.Net;
using Adclicks.Domain.Access;
using Npgsql;

namespace Adclicks.ReadApi.Tests.Verdicts;

public sealed class VerdictEndpointTests(ApiFixture api) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    private const string Path = "/reports/clicks/verdicts";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await using var source = NpgsqlDataSource.Create(api.ConnectionString);
        await using var command = source.CreateCommand("""
            DROP TABLE IF EXISTS adclicks_g3.verdicts;
            CREATE TABLE adclicks_g3.verdicts (bucket timestamptz, lane smallint, verdict text, clicks bigint);
            INSERT INTO adclicks_g3.verdicts VALUES
              ('2026-03-01T22:00Z', 0, 'counted', 5), ('2026-03-01T22:00Z', 1, 'counted', 7), ('2026-03-01T23:00Z', 0, 'counted', 1),
              ('2026-03-01T23:00Z', 0, 'marked:rule:=a,b', 2), ('2026-03-02T00:00Z', 1, 'duplicate:visitor', 3)
            """);
        await command.ExecuteNonQueryAsync(Token);
    }

    public ValueTask DisposeAsync() => default;

    [Fact]
    public async Task Verdicts_are_added_up_by_hour_and_the_range_is_rounded_outwards()
    {
        var answer = await api.JsonAsync($"{Path}?start_time=2026-03-01T22:59:00Z&end_time=2026-03-01T23:00:01Z");

        Assert.Equal(3, answer.GetProperty("generation").GetInt32());
        Assert.Equal("2026-04-01T10:00:00Z", answer.GetProperty("fresh_until").GetString());
        Assert.Equal(
            [
                """{"time":"2026-03-01T22:00:00Z","verdict":"counted","kind":"counted","reason":"","clicks":12}""",
                """{"time":"2026-03-01T23:00:00Z","verdict":"counted","kind":"counted","reason":"","clicks":1}""",
                """{"time":"2026-03-01T23:00:00Z","verdict":"marked:rule:=a,b","kind":"marked","reason":"rule:=a,b","clicks":2}""",
            ],
            answer.GetProperty("rows").EnumerateArray().Select(r => r.GetRawText()));
    }

    [Fact]
    public async Task GraphQL_gives_the_same()
    {
        var answer = await api.QueryAsync("{ verdicts(startTime: \"2026-03-01\", endTime: \"2026-03-03\", granularity: DAY) { generation rows { time kind reason clicks } } }");

        Assert.Equal(
            """
            {"verdicts":{"generation":3,"rows":[{"time":"2026-03-01T00:00:00Z","kind":"counted","reason":"","clicks":13},{"time":"2026-03-01T00:00:00Z","kind":"marked","reason":"rule:=a,b","clicks":2},{"time":"2026-03-02T00:00:00Z","kind":"duplicate","reason":"visitor","clicks":3}]}}
            """.Trim(),
            answer.GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task By_day_and_as_csv()
    {
        using var response = await api.GetAsync($"{Path}?start_time=2026-03-01&end_time=2026-03-03&granularity=day", accept: "text/csv");

        Assert.Equal(
            "time,verdict,kind,reason,clicks\r\n2026-03-01T00:00:00Z,counted,counted,,13\r\n2026-03-01T00:00:00Z,\"marked:rule:=a,b\",marked,\"rule:=a,b\",2\r\n"
            + "2026-03-02T00:00:00Z,duplicate:visitor,duplicate,visitor,3\r\n",
            await response.Content.ReadAsStringAsync(Token));
    }

    [Theory]
    [InlineData("start_time=2026-03-01&granularity=minute", "granularity")]
    [InlineData("end_time=2026-03-01", "start_time")]
    [InlineData("start_time=2026-03-02&end_time=2026-03-01", "end_time")]
    [InlineData("start_time=2025-03-02&end_time=2026-03-01", "start_time")]
    [InlineData("start_time=2026-03-01&dimensions=ad_id", "dimensions")]
    public async Task What_cannot_be_answered_names_the_parameter(string query, string parameter)
    {
        var problem = await api.JsonAsync($"{Path}?{query}", HttpStatusCode.BadRequest);
        Assert.Equal(parameter, problem.GetProperty("parameter").GetString());
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData(Roles.Advertiser + ":a", HttpStatusCode.Forbidden)]
    [InlineData(Roles.Ingest, HttpStatusCode.Forbidden)]
    public async Task It_is_for_analysts(string? key, HttpStatusCode expected)
    {
        using var response = await api.GetAsync($"{Path}?start_time=2026-03-01", key);
        Assert.Equal(expected, response.StatusCode);
    }
}
