using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Adclicks.Domain.Access;
using Adclicks.Domain.Rollups;

namespace Adclicks.ReadApi.Tests.Rest;

public sealed class ReportApiTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Range = "start_time=2026-03-27&end_time=2026-03-31";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_series_has_a_row_per_bucket_and_value()
    {
        var answer = await api.JsonAsync($"/reports/clicks/timeseries?{Range}&granularity=day&dimensions=ad_id&metrics=gross_click_count");

        Assert.Equal(3, answer.GetProperty("generation").GetInt32());
        Assert.Equal("2026-04-01T10:00:00Z", answer.GetProperty("fresh_until").GetString());
        var first = answer.GetProperty("rows")[0];
        Assert.Equal(["time", "ad_id", "gross_click_count", "complete", "final_at"], first.EnumerateObject().Select(member => member.Name));
        Assert.Equal("2026-03-27T00:00:00Z", first.GetProperty("time").GetString());
        Assert.Equal(api.Clicks.Count, Sum(answer, "gross_click_count"));
    }

    [Fact]
    public async Task The_top_of_a_dimension_has_no_time_and_the_largest_first()
    {
        var answer = await api.JsonAsync(
            $"/reports/clicks/topN?{Range}&dimension=geo_country&metric=gross_click_count&top_n=2&metrics=gross_click_count,unique_users");

        var expected = api.Clicks.CountBy(click => click[Dimension.Country])
            .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(2);
        Assert.Equal(
            expected.Select(pair => (pair.Key, (long)pair.Value)),
            Rows(answer).Select(row => (row.GetProperty("geo_country").GetString()!, row.GetProperty("gross_click_count").GetInt64())));
        Assert.All(Rows(answer), row => Assert.False(row.TryGetProperty("time", out _)));
        Assert.All(Rows(answer), row => Assert.True(row.GetProperty("unique_users").GetInt64() > 0));
    }

    [Fact]
    public async Task Posting_the_parameters_as_json_gives_the_same_answer()
    {
        var got = await api.JsonAsync(
            $"/reports/clicks/breakdown?{Range}&dimensions=country,device_type&filters=country:US|DE&metrics=click_count&limit=3");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/reports/clicks/breakdown");
        request.Headers.Add("X-Api-Key", Roles.Analyst);
        request.Content = new StringContent(
            """
            {"start_time": 1774569600000, "end_time": "2026-03-31", "dimensions": ["country", "device_type"],
             "filters": {"country": ["US", "DE"]}, "metrics": "click_count", "limit": 3}
            """,
            mediaType: MediaTypeHeaderValue.Parse("application/json"));
        using var response = await api.Client.SendAsync(request, Token);

        Assert.Equal(got.GetRawText(), await response.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task Pages_follow_one_another_without_gap_or_repeat()
    {
        var path = $"/reports/clicks/timeseries?{Range}&granularity=day&dimensions=ad_id,country&metrics=gross_click_count";
        var whole = Rows(await api.JsonAsync(path)).Select(row => row.GetRawText()).ToList();
        var pages = new List<string>();
        for (string? next = ""; next is not null;)
        {
            var page = await api.JsonAsync($"{path}&limit=7{(next.Length > 0 ? "&cursor=" + next : "")}");
            pages.AddRange(Rows(page).Select(row => row.GetRawText()));
            next = page.TryGetProperty("next", out var cursor) ? cursor.GetString() : null;
        }

        Assert.Equal(whole, pages);
    }

    [Fact]
    public async Task Csv_has_a_header_and_a_line_per_row()
    {
        using var response = await api.GetAsync(
            $"/reports/clicks/topN?{Range}&dimension=ad_id&metric=gross_click_count&metrics=gross_click_count&filters=ad_id:ad-1", accept: "text/csv");

        Assert.Equal("text/csv", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(
            $"ad_id,gross_click_count\r\nad-1,{api.Clicks.Count(click => click[Dimension.Ad] == "ad-1")}\r\n",
            await response.Content.ReadAsStringAsync(Token));
    }

    [Theory]
    [InlineData("text/html", null)]
    [InlineData("application/json;q=0, text/csv;q=0", null)]
    [InlineData("*/*", "application/json")]
    [InlineData("text/*", "text/csv")]
    [InlineData("text/html, application/json;q=0.5, text/csv;q=0.6", "text/csv")]
    public async Task The_format_is_the_one_preferred_of_the_two_there_are(string accept, string? expected)
    {
        using var response = await api.GetAsync($"/reports/clicks/totals?{Range}", accept: accept);

        Assert.Equal(expected is null ? HttpStatusCode.NotAcceptable : HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(expected ?? "application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_comparison_sets_the_period_before_beside_each_row()
    {
        var answer = await api.JsonAsync(
            "/reports/clicks/timeseries?start_time=2026-03-29&end_time=2026-03-31&compare=previous_period&granularity=day&metrics=gross_click_count");

        Assert.Equal(
            api.Clicks.Count(click => click.Time < new DateTime(2026, 3, 29)), Sum(answer, "compared_gross_click_count"));
        Assert.Equal(
            api.Clicks.Count(click => click.Time >= new DateTime(2026, 3, 29)), Sum(answer, "gross_click_count"));
    }

    [Fact]
    public async Task An_unchanged_answer_is_not_sent_again()
    {
        var path = $"/reports/clicks/totals?{Range}";
        using var first = await api.GetAsync(path);
        using var second = await api.GetAsync(path, tag: first.Headers.ETag!.ToString());
        using var other = await api.GetAsync(path, accept: "text/csv", tag: first.Headers.ETag!.ToString());

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(60), first.Headers.CacheControl!.MaxAge);
    }

    [Fact]
    public async Task Without_a_key_or_with_one_for_sending_clicks_there_is_no_report()
    {
        using var anonymous = await api.GetAsync($"/reports/clicks/totals?{Range}", key: null);
        using var ingest = await api.GetAsync($"/reports/clicks/totals?{Range}", key: Roles.Ingest);
        using var nameless = await api.GetAsync($"/reports/clicks/totals?{Range}", key: Roles.Advertiser);

        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, ingest.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, nameless.StatusCode);
    }

    [Theory]
    [InlineData("totals?")]
    [InlineData("timeseries?granularity=day&")]
    [InlineData("timeseries?granularity=day&dimensions=advertiser_id&")]
    [InlineData("topN?dimension=advertiser_id&")]
    [InlineData("topN?dimension=ad_id&filters=advertiser_id:advertiser-2&")]
    [InlineData("breakdown?dimensions=advertiser_id,country&")]
    public async Task An_advertiser_sees_own_clicks_alone(string report)
    {
        var answer = await api.JsonAsync($"/reports/clicks/{report}{Range}&metrics=gross_click_count", key: "advertiser:advertiser-1");

        var own = api.Clicks.Count(click => click[Dimension.Advertiser] == "advertiser-1");
        Assert.Equal(report.Contains("advertiser-2", StringComparison.Ordinal) ? 0 : own, Sum(answer, "gross_click_count"));
        Assert.DoesNotContain("advertiser-2", answer.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("timeseries?start_time=2026-03-27&granularity=weekly", "granularity")]
    [InlineData("timeseries?start_time=2016-03-27&end_time=2026-03-27&granularity=minute", "end_time")]
    [InlineData("timeseries?start_time=2026-03-27&end_time=2026-03-26", "end_time")]
    [InlineData("timeseries?start_time=1&end_time=2026-03-26", "start_time")]
    [InlineData("timeseries?start_time=2026-03-27&cursor=abc", "cursor")]
    [InlineData("timeseries?start_time=2026-03-27&cursor=W10", "cursor")]
    [InlineData("timeseries?start_time=2026-03-27&cursor=WyJ4Il0", "cursor")]
    [InlineData("timeseries?start_time=2026-03-27&end_time=2026-03-28&cursor=W251bGxd", "cursor")]
    [InlineData("topN?start_time=2026-03-27", "dimension")]
    [InlineData("topN?start_time=2026-03-27&dimension=ad_id&top_n=100000", "top_n")]
    [InlineData("totals?start_time=2026-03-27&filters={\"ad_id\":{\"prefix\":\"\\u0000\"}}", "filters")]
    [InlineData("totals?start_time=2026-03-27&filters={\"ad_id\":\"\\ud800\"}", "filters")]
    [InlineData("totals?start_time=2026-03-27&filters=ad_id^:%00", "filters")]
    [InlineData("totals?start_time=2026-03-27&filters=ad_id%27--:x", "filters")]
    [InlineData("totals?start_time=2026-03-27&compare=before", "compare")]
    [InlineData("totals?start_time=99999999999999999999", "start_time")]
    [InlineData("totals?start_time=9999999999999", "start_time")]
    [InlineData("breakdown?start_time=2026-03-27", "dimensions")]
    public async Task A_problem_names_the_parameter(string report, string parameter)
    {
        var problem = await api.JsonAsync("/reports/clicks/" + report, HttpStatusCode.BadRequest);

        Assert.Equal(parameter, problem.GetProperty("parameter").GetString());
    }

    [Theory]
    [InlineData("start_time")]
    [InlineData("end_time")]
    [InlineData("time_zone")]
    [InlineData("filters")]
    [InlineData("metrics")]
    [InlineData("granularity")]
    [InlineData("dimensions")]
    [InlineData("limit")]
    [InlineData("cursor")]
    [InlineData("compare")]
    public async Task Whatever_a_parameter_holds_the_answer_is_never_a_server_error(string parameter)
    {
        string[] attempts =
        [
            "' OR 1=1 --", "\"; DROP SCHEMA adclicks CASCADE; --", "\0", "%", "{\"ad_id\":{\"prefix\":\"%\"}}", "ad_id:' OR ''='",
            "-1", "1e9", "{}", "[]", "null", "2026-03-27T00:00:00+99:99", "0001-01-01", "9999-12-31T23:59:59-14:00", new string('a', 5000),
        ];
        foreach (var attempt in attempts)
        {
            var range = parameter is "start_time" ? "end_time=2026-03-31" : parameter is "end_time" ? "start_time=2026-03-27" : Range;
            using var response = await api.GetAsync($"/reports/clicks/timeseries?{range}&{parameter}={Uri.EscapeDataString(attempt)}");
            Assert.True((int)response.StatusCode is 200 or 400 or 414, $"{parameter}={attempt}: {(int)response.StatusCode}");
        }
    }

    private static JsonElement.ArrayEnumerator Rows(JsonElement answer) => answer.GetProperty("rows").EnumerateArray();

    private static long Sum(JsonElement answer, string metric) => Rows(answer).Sum(row => row.GetProperty(metric).GetInt64());
}
