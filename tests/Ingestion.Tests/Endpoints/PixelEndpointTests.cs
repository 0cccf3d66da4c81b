using System.Net;
using Adclicks.Domain.Clicks;
using Adclicks.Ingestion.Tests.Support;

namespace Adclicks.Ingestion.Tests.Endpoints;

public sealed class PixelEndpointTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pixel_is_answered_when_the_click_is_in_the_log()
    {
        await using var server = await TrackingServer.StartAsync();
        using var response = await server.GetAsync("?ad_id=a&campaign_id=c&p.colour=red", headers: [("User-Agent", "Mozilla/5.0 (X11)")]);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("image/gif", response.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("GIF89a", System.Text.Encoding.ASCII.GetString(await response.Content.ReadAsByteArrayAsync(Token)), StringComparison.Ordinal);
        Assert.Contains("no-store", response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        var click = Assert.Single(await server.ClicksAsync(), c => c.AdId == "a");
        Assert.Equal(("c", ClickSource.Pixel, "Mozilla/5.0 (X11)"), (click.CampaignId, click.Source, click.UserAgent));
        Assert.Equal(click.ServerTimestampMs, click.ClickedAtMs);
        Assert.True(Guid.TryParse(click.EventId, out _));
        Assert.Equal((32, 32), (click.VisitorHash.Length, click.IpHash.Length));
        Assert.True(click.SealedBytes > 28);
    }

    [Fact]
    public async Task No_image_is_sent_to_who_wants_none()
    {
        await using var server = await TrackingServer.StartAsync();
        using var response = await server.GetAsync("?ad_id=a&campaign_id=c&format=none");
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Contains(await server.ClicksAsync(), c => c.AdId == "a");
    }

    [Theory]
    [InlineData("HEAD", "", "")]
    [InlineData("GET", "Sec-Purpose", "prefetch")]
    [InlineData("GET", "Sec-Purpose", "prefetch;prerender")]
    [InlineData("GET", "Purpose", "prefetch")]
    [InlineData("GET", "Purpose", "preview")]
    [InlineData("GET", "X-Purpose", "preview")]
    [InlineData("GET", "X-Moz", "prefetch")]
    public async Task What_is_not_a_click_is_answered_and_not_recorded(string method, string header, string value)
    {
        await using var server = await TrackingServer.StartAsync();
        using var response = await server.GetAsync("?ad_id=a&campaign_id=c", HttpMethod.Parse(method), header.Length > 0 ? [(header, value)] : []);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.DoesNotContain(await server.ClicksAsync(), c => c.AdId == "a");
    }

    [Fact]
    public async Task What_a_stranger_says_of_others_is_not_believed()
    {
        await using var server = await TrackingServer.StartAsync();
        using var first = await server.GetAsync("?ad_id=a&campaign_id=c&ip_address=192.0.2.1&timestamp_ms=1431857103000&geo_country=DE", headers: [("User-Agent", "x")]);
        using var second = await server.GetAsync("?ad_id=b&campaign_id=c&ip_address=192.0.2.2", headers: [("User-Agent", "x")]);
        var clicks = (await server.ClicksAsync()).Where(c => c.CampaignId == "c").ToList();
        Assert.Equal(2, clicks.Count);
        Assert.Single(clicks.Select(c => c.VisitorHash).Distinct());
        Assert.All(clicks, c => Assert.Equal((c.ServerTimestampMs, ""), (c.ClickedAtMs, c.Country)));
    }

    [Theory]
    [InlineData("DNT")]
    [InlineData("Sec-GPC")]
    public async Task A_visitor_who_asks_not_to_be_tracked_is_not_known_by_user_id(string header)
    {
        await using var server = await TrackingServer.StartAsync();
        using var first = await server.GetAsync("?ad_id=a&campaign_id=c&user_id=u1", headers: [(header, "1")]);
        using var second = await server.GetAsync("?ad_id=a&campaign_id=c&user_id=u2", headers: [(header, "1")]);
        using var third = await server.GetAsync("?ad_id=a&campaign_id=c&user_id=u2");
        Assert.Equal(2, (await server.ClicksAsync()).Where(c => c.AdId == "a").Select(c => c.VisitorHash).Distinct().Count());
    }

    [Fact]
    public async Task A_click_beyond_its_limits_names_each_field_and_is_on_record_without_its_values()
    {
        await using var server = await TrackingServer.StartAsync();
        using var response = await server.GetAsync($"?ad_id={new string('x', 1025)}&user_id=secret%0Auser");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var errors = (await TrackingServer.JsonAsync(response)).GetProperty("errors");
        Assert.Equal(["ad_id", "campaign_id", "user_id"], errors.EnumerateObject().Select(e => e.Name).Order(StringComparer.Ordinal));
        Assert.Contains("1024", errors.GetProperty("ad_id")[0].GetString(), StringComparison.Ordinal);
        var rejected = Assert.Single(await server.RejectedAsync(1));
        Assert.Equal("invalid", rejected.GetProperty("reason").GetString());
        Assert.DoesNotContain("secret", rejected.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_the_log_is_away_a_pixel_is_told_to_come_again()
    {
        await using var server = await TrackingServer.StartAsync();
        server.Log.IsDown = true;
        using var refused = await server.GetAsync("?ad_id=a&campaign_id=c");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        server.Log.IsDown = false;
        while (true)
        {
            using var accepted = await server.GetAsync("?ad_id=a&campaign_id=c");
            if (accepted.StatusCode == HttpStatusCode.OK) break;
        }

        Assert.Single(await server.ClicksAsync(), c => c.AdId == "a");
    }
}
