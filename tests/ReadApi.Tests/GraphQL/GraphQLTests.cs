using System.Text.Json;
using Adclicks.Domain.Access;
using Adclicks.Domain.Rollups;
using GraphQL;
using GraphQL.Types;

namespace Adclicks.ReadApi.Tests.GraphQL;

public sealed class GraphQLTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Range = "startTime: \"2026-03-27\", endTime: \"2026-03-31\"";

    [Fact]
    public async Task Fields_answer_as_the_reports_of_the_same_name()
    {
        var answer = await api.QueryAsync($$"""
            fragment counts on Row { grossClickCount uniqueUsers }
            { totals({{Range}}) { generation freshUntil rows { ...counts adId time } }
              timeSeries({{Range}}, granularity: DAY, dimensions: [COUNTRY]) { rows { time country grossClickCount } }
              topN({{Range}}, dimension: AD_ID, metric: GROSS_CLICK_COUNT, topN: 1) { rows { adId grossClickCount uniqueUsers } } }
            """);

        var data = answer.GetProperty("data");
        var totals = data.GetProperty("totals");
        Assert.Equal(3, totals.GetProperty("generation").GetInt32());
        Assert.Equal(api.Clicks.Count, totals.GetProperty("rows")[0].GetProperty("grossClickCount").GetInt32());
        Assert.True(totals.GetProperty("rows")[0].GetProperty("uniqueUsers").GetInt32() > 0);
        Assert.Equal(api.Clicks.Count, Sum(data.GetProperty("timeSeries")));
        Assert.Equal(api.Clicks.CountBy(click => click[Dimension.Ad]).Max(pair => pair.Value), Sum(data.GetProperty("topN")));
    }

    [Fact]
    public async Task Filters_are_typed()
    {
        var answer = await api.QueryAsync($$"""
            { breakdown({{Range}}, dimensions: [COUNTRY, DEVICE_TYPE], filters: [
                { dimension: COUNTRY, in: ["US", "DE"] }, { dimension: COUNTRY, notIn: ["DE"] }, { dimension: AD_ID, prefix: "ad-" } ]) {
                rows { country grossClickCount } } }
            """);

        var expected = api.Clicks.Count(click => click[Dimension.Country] == "US" && click[Dimension.Ad].StartsWith("ad-", StringComparison.Ordinal));
        Assert.Equal(expected, Sum(answer.GetProperty("data").GetProperty("breakdown")));
    }

    [Fact]
    public async Task An_advertiser_sees_own_clicks_alone()
    {
        var answer = await api.QueryAsync(
            $$"""{ breakdown({{Range}}, dimensions: [ADVERTISER_ID]) { rows { advertiserId grossClickCount } } }""", "advertiser:advertiser-1");

        var rows = answer.GetProperty("data").GetProperty("breakdown").GetProperty("rows").EnumerateArray();
        Assert.Equal("advertiser-1", Assert.Single(rows).GetProperty("advertiserId").GetString());
    }

    [Fact]
    public async Task A_refusal_names_the_argument()
    {
        var answer = await api.QueryAsync("""{ totals(startTime: "yesterday") { rows { grossClickCount } } }""");

        var error = Assert.Single(answer.GetProperty("errors").EnumerateArray());
        Assert.Equal("startTime", error.GetProperty("extensions").GetProperty("parameter").GetString());
    }

    [Fact]
    public async Task A_query_that_is_too_deep_or_too_wide_is_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("compared { ", 20)) + "grossClickCount" + new string('}', 20);
        var wide = string.Concat(Enumerable.Range(0, 100).Select(i => $"a{i}: totals({Range}) {{ rows {{ grossClickCount clickCount }} }} "));

        Assert.True((await api.QueryAsync($"{{ totals({Range}) {{ rows {{ {deep} }} }} }}")).TryGetProperty("errors", out _));
        Assert.True((await api.QueryAsync($"{{ {wide} }}")).TryGetProperty("errors", out _));
    }

    [Fact]
    public async Task A_key_for_sending_clicks_reads_nothing()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/graphql") { Content = new StringContent("{}") };
        request.Headers.Add("X-Api-Key", Roles.Ingest);
        using var response = await api.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(System.Net.HttpStatusCode.Forbidden, response.StatusCode);
    }

    /// <summary>To take a change over: run with ADCLICKS_WRITE_SCHEMA=1.</summary>
    [Fact]
    public async Task The_schema_file_is_the_schema()
    {
        var printed = api.Service<ISchema>().Print().ReplaceLineEndings("\n").TrimEnd() + "\n";
        var file = Path.Combine(Source(), "src", "ReadApi", "GraphQL", "schema.graphql");
        if (Environment.GetEnvironmentVariable("ADCLICKS_WRITE_SCHEMA") == "1")
            await File.WriteAllTextAsync(file, printed, TestContext.Current.CancellationToken);

        Assert.Equal(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), printed);
    }

    private static string Source()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Adclicks.sln"))) directory = directory.Parent!;
        return directory.FullName;
    }

    private static long Sum(JsonElement report) =>
        report.GetProperty("rows").EnumerateArray().Sum(row => row.GetProperty("grossClickCount").GetInt64());
}
