using System.IO.Compression;
using System.Net;

namespace Adclicks.ReadApi.Tests.Dashboard;

public sealed class PageTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task The_page_needs_no_key_and_allows_nothing_from_elsewhere()
    {
        using var response = await api.GetAsync("/", key: null);
        var page = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("app.js", "text/javascript")]
    [InlineData("api.js", "text/javascript")]
    [InlineData("chart.js", "text/javascript")]
    [InlineData("time.js", "text/javascript")]
    [InlineData("style.css", "text/css")]
    [InlineData("chart.umd.min.js", "text/javascript")]
    [InlineData("inter.woff2", "font/woff2")]
    [InlineData("icon.svg", "image/svg+xml")]
    public async Task Its_files_come_with_it(string name, string type)
    {
        using var first = await api.GetAsync("/assets/" + name, key: null);
        using var again = await api.GetAsync("/assets/" + name, key: null, tag: first.Headers.ETag!.ToString());

        Assert.Equal(type, first.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    [Theory]
    [InlineData("/graphql", "text/html")]
    [InlineData("/graphiql/graphiql.min.js", "text/javascript")]
    [InlineData("/graphiql/graphiql.min.css", "text/css")]
    [InlineData("/graphiql/react.js", "text/javascript")]
    [InlineData("/graphiql/react-dom.js", "text/javascript")]
    [InlineData("/graphiql/page.js", "text/javascript")]
    [InlineData("/graphiql/react.LICENSE.txt", "text/plain")]
    public async Task Queries_can_be_tried_on_a_page_that_allows_no_inline_script_and_nothing_from_elsewhere(string path, string type)
    {
        using var response = await api.GetAsync(path, key: null);
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();

        Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task They_are_packed_for_who_takes_that()
    {
        using var plain = await api.GetAsync("/assets/chart.umd.min.js", key: null);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/assets/chart.umd.min.js");
        request.Headers.Add("Accept-Encoding", "gzip;q=0.8, br");
        using var packed = await api.Client.SendAsync(request, TestContext.Current.CancellationToken);
        await using var unpacked = new GZipStream(await packed.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken), CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked);

        Assert.Equal("gzip", packed.Content.Headers.ContentEncoding.Single());
        Assert.NotEqual(plain.Headers.ETag, packed.Headers.ETag);
        Assert.Equal(await plain.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Other_files_are_not_served()
    {
        using var response = await api.GetAsync("/assets/..%2Fappsettings.json", key: null);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task The_extent_tells_where_the_clicks_are()
    {
        var extent = await api.JsonAsync("/reports/clicks/extent");

        Assert.Equal(new DateTimeOffset(2026, 3, 27, 0, 0, 0, TimeSpan.Zero), extent.GetProperty("from").GetDateTimeOffset());
        Assert.Equal(new DateTimeOffset(2026, 3, 31, 0, 0, 0, TimeSpan.Zero), extent.GetProperty("to").GetDateTimeOffset());
    }

    [Fact]
    public async Task The_description_has_every_report_and_its_parameters()
    {
        var description = await api.JsonAsync("/openapi/v1.json", key: null!);

        foreach (var kind in Adclicks.ReadApi.Rest.ReportKinds.All)
        {
            var parameters = description.GetProperty("paths").GetProperty("/reports/clicks/" + kind.Path).GetProperty("get").GetProperty("parameters");
            Assert.Equal(kind.Parameters, parameters.EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString()));
        }
    }
}
