using System.Net;
using System.Text.Json;
using Adclicks.Domain.Access;

namespace Adclicks.Tests.Access;

/// <summary>What one advertiser or publisher sees, by whatever question: the own rows, and of others not even a sum.</summary>
[Collection(nameof(WholeServerTests))]
public sealed class RowScopeTests(WholeServer server)
{
    private const string Range = "start_time=2015-05-16&end_time=2015-05-21";
    private static readonly string[] Dimensions =
        ["ad_id", "campaign_id", "advertiser_id", "publisher_id", "country", "region", "city", "device_type", "os", "browser"];

    public static TheoryData<string> Scoped => [Roles.Advertiser, Roles.Publisher];

    [Theory, MemberData(nameof(Scoped))]
    public async Task Every_report_adds_up_to_the_own_clicks(string caller)
    {
        var reports = new List<string> { $"totals?{Range}", $"timeseries?{Range}&granularity=day", $"timeseries?{Range}&granularity=hour", $"timeseries?{Range}&granularity=day&fill_gaps=true" };
        reports.Add($"totals?{Range}&time_zone=Asia/Kolkata");
        reports.Add($"breakdown?{Range}&dimensions={string.Join(',', Dimensions)}");
        foreach (var dimension in Dimensions)
        {
            reports.Add($"timeseries?{Range}&granularity=day&dimensions={dimension}");
            reports.Add($"topN?{Range}&dimension={dimension}&metric=unique_users");
            reports.Add($"breakdown?{Range}&dimensions={dimension}&metric=gross_click_count");
        }

        foreach (var report in reports)
        {
            var rows = await RowsAsync(caller, report);
            Assert.True(rows.Sum(r => r.GetProperty("gross_click_count").GetInt64()) == WholeServer.OwnClicks, report);
            Assert.True(rows.Max(r => r.GetProperty("unique_users").GetInt64()) == WholeServer.OwnUsers, report);
        }
    }

    [Theory, MemberData(nameof(Scoped))]
    public async Task Filters_and_comparisons_reach_nothing_else(string caller)
    {
        var dimension = caller + "_id";
        foreach (var filter in new[] { "ad_id:rival-banner", "campaign_id:rival-spring", "ad_id^:rival", "publisher_id:rival-news", "advertiser_id:rival", $"{dimension}!:acme|news", $"{dimension}:" })
        {
            var rows = await RowsAsync(caller, $"breakdown?{Range}&dimensions=ad_id&filters={Uri.EscapeDataString(filter)}");
            Assert.True(rows.All(r => r.GetProperty("gross_click_count").GetInt64() == 0), filter);
        }

        // The day before has clicks of the rival alone.
        var compared = await RowsAsync(caller, "totals?start_time=2015-05-18&end_time=2015-05-19&compare=previous_period");
        Assert.Equal(0, compared.Single().GetProperty("compared_gross_click_count").GetInt64());
    }

    [Theory, MemberData(nameof(Scoped))]
    public async Task Nothing_in_any_form_names_the_other(string caller)
    {
        var all = $"dimensions=advertiser_id,campaign_id,ad_id,publisher_id&{Range}";
        var (_, page) = await server.ReadAsync(Roles.Analyst, $"/reports/clicks/breakdown?{all}&limit=1");
        var cursor = JsonElement.Parse(page).GetProperty("next").GetString();
        foreach (var path in new[]
        {
            $"/reports/clicks/breakdown?{all}", $"/reports/clicks/breakdown?{all}&cursor={cursor}", $"/reports/clicks/timeseries?{all}&granularity=day",
            $"/reports/clicks/topN?{Range}&dimension=ad_id", "/reports/clicks/extent", "/billing/statements?month=2015-05", "/reports/clicks/verdicts?start_time=2015-05-16&end_time=2015-05-21",
            "/reference/ads", "/reference/ads/rival-banner", "/reference/ads/rival-banner/history", "/clicks/rival-click-1/explanation", "/clicks/rival-click-1/explanation?ad_id=rival-banner",
        })
        {
            foreach (var accept in new[] { "application/json", "text/csv", "text/html" })
            {
                var (_, body) = await server.ReadAsync(caller, path, accept);
                Assert.True(!body.Contains(WholeServer.Rival, StringComparison.Ordinal), $"{path} as {caller}: {body}");
            }
        }
    }

    [Fact]
    public async Task An_advertiser_gets_the_own_statement_and_explanations_alone()
    {
        var (own, statement) = await server.ReadAsync(Roles.Advertiser, "/billing/statements?month=2015-05");
        var (other, _) = await server.ReadAsync(Roles.Advertiser, "/billing/statements?month=2015-05&advertiser_id=rival");
        var (unknown, _) = await server.ReadAsync(Roles.Advertiser, "/clicks/rival-click-1/explanation");
        var (explained, explanation) = await server.ReadAsync(Roles.Advertiser, "/clicks/acme-click-1/explanation");

        Assert.Equal((200, 403, 404, 200), (own, other, unknown, explained));
        Assert.Contains("acme-spring", statement, StringComparison.Ordinal);
        Assert.DoesNotContain("acme-user", explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_advertiser_is_told_which_rules_were_asked_and_not_what_is_in_them()
    {
        var (_, mine) = await server.ReadAsync(Roles.Advertiser, "/clicks/acme-click-1/explanation");
        var (_, all) = await server.ReadAsync(Roles.Admin, "/clicks/acme-click-1/explanation");

        foreach (var content in new[] { WholeServer.BlockedAddress, WholeServer.BadAgent, "max_clicks", "window_seconds" })
        {
            Assert.Contains(content, all, StringComparison.Ordinal);
            Assert.DoesNotContain(content, mine, StringComparison.Ordinal);
        }

        var rules = JsonElement.Parse(mine)[0].GetProperty("rules").EnumerateArray().ToDictionary(r => r.GetProperty("rule").GetString()!);
        foreach (var (rule, kind) in new[] { ("rule:one", "blocked_ip_range"), ("rule:scripts", "bad_user_agent"), ("rule:fast", "velocity") })
        {
            Assert.Equal("passed", rules[rule].GetProperty("outcome").GetString());
            Assert.Equal(kind, rules[rule].GetProperty("facts").GetProperty("kind").GetString());
        }

        Assert.Equal(0, rules["rule:fast"].GetProperty("facts").GetProperty("clicks_near").GetInt32());
    }

    [Theory, MemberData(nameof(Scoped))]
    public async Task The_range_of_clicks_is_the_own(string caller)
    {
        var (_, mine) = await server.ReadAsync(caller, "/reports/clicks/extent");
        var (_, all) = await server.ReadAsync(Roles.Analyst, "/reports/clicks/extent");

        Assert.Contains("2015-05-18", mine, StringComparison.Ordinal);
        Assert.DoesNotContain("2015-05-17", mine, StringComparison.Ordinal);
        Assert.Contains("2015-05-17", all, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Scoped))]
    public async Task An_answer_kept_for_one_is_not_given_to_another(string caller)
    {
        var path = $"/reports/clicks/totals?{Range}&metrics=gross_click_count";
        using var whole = await server.SendAsync(Roles.Analyst, HttpMethod.Get, path);
        using var mine = await server.SendAsync(caller, HttpMethod.Get, path, tag: whole.Headers.ETag!.ToString());
        using var again = await server.SendAsync(Roles.Analyst, HttpMethod.Get, path, tag: mine.Headers.ETag!.ToString());

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (mine.StatusCode, again.StatusCode));
        Assert.Contains($":{WholeServer.OwnClicks}}}", await mine.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("X-Api-Key", mine.Headers.Vary);
        Assert.True(mine.Headers.CacheControl!.Private);
    }

    [Theory, MemberData(nameof(Scoped))]
    public async Task The_stream_of_totals_is_of_the_own_clicks(string caller)
    {
        using var response = await server.SendAsync(caller, HttpMethod.Get, $"/reports/clicks/stream?{Range}&metrics=gross_click_count");
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        string? line;
        do line = await lines.ReadLineAsync(TestContext.Current.CancellationToken);
        while (line is not null && !line.StartsWith("data:", StringComparison.Ordinal));

        Assert.Contains($":{WholeServer.OwnClicks}}}", line, StringComparison.Ordinal);
    }

    private async Task<List<JsonElement>> RowsAsync(string caller, string report)
    {
        var (status, body) = await server.ReadAsync(caller, "/reports/clicks/" + report);
        Assert.True(status == 200, $"{report}: {body}");
        return [.. JsonElement.Parse(body).GetProperty("rows").EnumerateArray()];
    }
}
