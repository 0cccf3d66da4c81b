using System.Net;
using Adclicks.Ingestion.Tests.Support;

namespace Adclicks.Ingestion.Tests.Endpoints;

public sealed class HeaderTests
{
    private const string Click = """{"timestamp_ms": 1431857103000, "ad_id": "a", "campaign_id": "c", "user_id": "u1"}""";

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task A_pixel_is_kept_by_no_cache_and_may_be_shown_on_any_page(string method)
    {
        await using var server = await TrackingServer.StartAsync();
        using var response = await server.GetAsync("?ad_id=a&campaign_id=c", HttpMethod.Parse(method));
        Assert.Equal(["no-store"], response.Headers.GetValues("Cache-Control"));
        Assert.Equal(["no-cache"], response.Headers.GetValues("Pragma"));
        Assert.Equal(["0"], response.Content.Headers.GetValues("Expires"));
        Assert.Equal(["cross-origin"], response.Headers.GetValues("Cross-Origin-Resource-Policy"));
        Assert.Equal(42, response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task A_page_may_send_a_click_as_a_beacon_and_read_the_answer()
    {
        await using var server = await TrackingServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/track/click_event") { Content = new StringContent(Click, null, "text/plain") };
        request.Headers.Add("Origin", "https://news.example");
        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["*"], response.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.Contains(await server.ClicksAsync(), c => c.AdId == "a");
    }

    [Theory]
    [InlineData("/track/click", "GET, HEAD, OPTIONS", true)]
    [InlineData("/track/click_event", "POST, OPTIONS", true)]
    [InlineData("/track/click_events", "POST, OPTIONS", false)]
    public async Task Options_say_what_may_be_sent(string path, string methods, bool isForPages)
    {
        await using var server = await TrackingServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Options, path);
        request.Headers.Add("Origin", "https://news.example");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "content-type");
        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(methods, string.Join(", ", response.Content.Headers.Allow));
        Assert.Equal(isForPages, response.Headers.Contains("Access-Control-Allow-Origin"));
        if (isForPages) Assert.Equal("Content-Type", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Headers")));
    }

    [Theory]
    [InlineData("HEAD", "/track/click_event")]
    [InlineData("GET", "/track/click_event")]
    [InlineData("DELETE", "/track/click")]
    public async Task Other_methods_are_not_allowed(string method, string path)
    {
        await using var server = await TrackingServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), path);
        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.NotEmpty(response.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("/track/click_event", "DNT")]
    [InlineData("/track/click_event", "Sec-GPC")]
    [InlineData("/track/click_events", "DNT")]
    [InlineData("/track/click_events", "Sec-GPC")]
    public async Task Who_asks_not_to_be_tracked_is_not_known_by_user_id_whatever_the_way_in(string path, string header)
    {
        await using var server = await TrackingServer.StartAsync();
        foreach (var user in new[] { "u1", "u2" })
        {
            var body = Click.Replace("u1", user, StringComparison.Ordinal);
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(path.EndsWith('s') ? $"[{body}]" : body, null, "application/json") };
            request.Headers.Add(header, "1");
            request.Headers.Add("X-Role", "ingest");
            using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Single((await server.ClicksAsync()).Where(c => c.AdId == "a").Select(c => c.VisitorHash).Distinct());
    }
}
