using System.Text.Json;
using Adclicks.Domain.Access;
using Adclicks.ReadApi.Rest;
using GraphQL.Types;
using Microsoft.Extensions.DependencyInjection;

namespace Adclicks.Tests.Access;

/// <summary>What people try: every value in every parameter is answered, or refused by the parameter's name; never a 5xx.</summary>
[Collection(nameof(WholeServerTests))]
public sealed class HostileInputTests(WholeServer server)
{
    private static readonly string[] Values =
    [
        "' OR 1=1 --", "\"; DROP SCHEMA adclicks CASCADE; --", "1); SELECT pg_sleep(10); --", "${jndi:ldap://x}", "{{7*7}}", "../../etc/passwd", "%00", "\0", "\u202e\ud83d\ude00",
        "\ud800", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "-1", "0", "2147483648", "9223372036854775808", "1e400", "NaN", "null", "true", "[]", "{}", "{\"ad_id\":{\"in\":[{}]}}",
        "{\"ad_id\":", "ad_id:' OR ''='", "ad_id^:%", "[[[[[[[[[[", "0001-01-01", "9999-12-31T23:59:59-14:00", "2015-05-16T00:00:00+99:99", "Europe/../etc/localtime", "%s%n%x", new string('a', 3_000),
    ];

    public static TheoryData<string, string> Parameters
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var kind in (ReportKind[])[.. ReportKinds.All, ReportKinds.Stream]) all.AddRange([.. kind.Parameters.Select(p => ("/reports/clicks/" + kind.Path, p))]);
            foreach (var parameter in new[] { "start_time", "end_time", "granularity" }) all.Add("/reports/clicks/verdicts", parameter);
            foreach (var parameter in new[] { "advertiser_id", "month", "format" }) all.Add("/billing/statements", parameter);
            foreach (var parameter in new[] { "from", "to", "action", "limit", "before" }) all.Add("/admin/audit", parameter);
            foreach (var parameter in new[] { "limit", "after" }) all.Add("/reference/ads", parameter);
            return all;
        }
    }

    [Theory, MemberData(nameof(Parameters))]
    public async Task Every_parameter_takes_every_value_or_is_named(string path, string parameter)
    {
        foreach (var value in Values)
        {
            using var response = await server.SendAsync(Roles.Admin, HttpMethod.Get, $"{path}?{Others(path, parameter)}{parameter}={Uri.EscapeDataString(value)}");
            var status = (int)response.StatusCode;
            Assert.True(status is 200 or 400, $"{path} {parameter}={value}: {status}");
            if (status != 400) continue;
            var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(body.Contains(parameter, StringComparison.Ordinal), $"{path} {parameter}={value}: {body}");
            Assert.DoesNotContain("Npgsql", body, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Every_argument_of_graphql_takes_every_value_or_is_refused()
    {
        var schema = server.Services.GetRequiredService<ISchema>();
        schema.Initialize();
        foreach (var field in schema.Query.Fields)
        {
            foreach (var argument in field.Arguments ?? [])
            {
                foreach (var value in Values)
                {
                    var literal = JsonSerializer.Serialize(value.Replace("\ud800", "?", StringComparison.Ordinal));
                    var start = argument.Name == "startTime" || field.Arguments!.All(a => a.Name != "startTime") ? "" : "startTime: \"2015-05-16\", ";
                    // As a string, as it is, and as the value of a filter.
                    string[] forms = [literal, "\"x\" }} " + value, $"[{{ dimension: AD_ID, prefix: {literal}, in: [{literal}] }}]"];
                    foreach (var form in forms)
                    {
                        var (status, body) = await server.QueryAsync(Roles.Admin, $"{{ {field.Name}({start}{argument.Name}: {form}) {{ __typename }} }}");
                        Assert.True(status is 200 or 400, $"{field.Name} {argument.Name}: {form}: {status} {body}");
                        Assert.DoesNotContain("Npgsql", body, StringComparison.OrdinalIgnoreCase);
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData("/reports/clicks/totals")]
    [InlineData("/reports/clicks/breakdown")]
    [InlineData("/graphql")]
    [InlineData("/admin/keys")]
    [InlineData("/admin/audit")]
    [InlineData("/admin/privacy/erase")]
    [InlineData("/admin/privacy/export")]
    [InlineData("/track/click_event")]
    public async Task Every_body_is_answered_or_refused(string path)
    {
        string[] bodies = ["", "null", "[]", "1", "\"x\"", "{", "{\"query\":1}", "{\"start_time\":{}}", "{\"start_time\":[[1]]}", "{\"a\":\"\\ud800\"}", "{\"name\":{},\"role\":[]}", "\0", new string('[', 10_000)];
        foreach (var body in bodies)
        {
            using var response = await server.SendAsync(Roles.Admin, HttpMethod.Post, path, body);
            Assert.True((int)response.StatusCode is >= 200 and < 500, $"{path} {body}: {(int)response.StatusCode}");
        }
    }

    private static string Others(string path, string parameter)
    {
        var needed = new List<string>();
        if (path.StartsWith("/reports/", StringComparison.Ordinal) && parameter != "start_time") needed.Add("start_time=2015-05-16&end_time=2015-05-21");
        if (path.EndsWith("/topN", StringComparison.Ordinal) && parameter != "dimension") needed.Add("dimension=ad_id");
        if (path.EndsWith("/breakdown", StringComparison.Ordinal) && parameter != "dimensions") needed.Add("dimensions=ad_id");
        if (path.StartsWith("/billing/", StringComparison.Ordinal) && parameter != "month") needed.Add("month=2015-05");
        if (path.StartsWith("/billing/", StringComparison.Ordinal) && parameter != "advertiser_id") needed.Add("advertiser_id=acme");
        // Twice given would be another problem.
        return string.Concat(needed.Where(n => parameter != "end_time" || !n.Contains("end_time", StringComparison.Ordinal)).Select(n => n + "&"))
            + (parameter == "end_time" ? "start_time=2015-05-16&" : "");
    }
}
