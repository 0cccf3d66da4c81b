using System.Net;
using Adclicks.Domain.Access;
using Adclicks.Ingestion.Tests.Support;
using Microsoft.Extensions.Options;

namespace Adclicks.Ingestion.Tests.Limits;

public sealed class RateLimitTests
{
    private const int Burst = 3;

    /// <summary>More than can be allowed in the time that they take.</summary>
    private const int Many = 60;

    private const string Click = """{"timestamp_ms": 1431857103000, "ad_id": "a", "campaign_id": "c"}""";

    [Fact]
    public async Task A_pixel_over_the_limit_of_its_address_is_answered_and_its_click_marked()
    {
        await using var server = await StartAsync();
        using var marked = new CountedReasons("adclicks.ingestion.clicks.marked");
        for (var i = 0; i < Many; i++) await ClickAsync(server, "a", "203.0.113.7");
        await ClickAsync(server, "b", "203.0.113.8");
        var clicks = await server.ClicksAsync();
        Assert.Equal(Many, clicks.Count(c => c.AdId == "a"));
        Assert.True(clicks.Count(c => c is { AdId: "a", IngestMark: "" }) >= Burst);
        Assert.Contains(clicks, c => c is { AdId: "a", IngestMark: "rate_limited" });
        Assert.Equal("", Assert.Single(clicks, c => c.AdId == "b").IngestMark);
        Assert.True(marked.Of("rate_limited") > 0);
    }

    [Fact]
    public async Task Addresses_of_one_64_are_one_sender()
    {
        await using var server = await StartAsync();
        for (var i = 0; i < Many; i++) await ClickAsync(server, "a", $"2001:db8:0:1::{i + 1:x}");
        await ClickAsync(server, "b", "2001:db8:0:2::1");
        var clicks = await server.ClicksAsync();
        Assert.Contains(clicks, c => c is { AdId: "a", IngestMark: "rate_limited" });
        Assert.Equal("", Assert.Single(clicks, c => c.AdId == "b").IngestMark);
    }

    [Theory]
    [InlineData(Roles.Ingest, Roles.Admin)]
    [InlineData("", Roles.Ingest)]
    public async Task A_post_over_the_limit_of_its_key_or_address_is_refused(string role, string otherRole)
    {
        await using var server = await StartAsync();
        using var refused = new CountedReasons("adclicks.ingestion.clicks.refused");
        var accepted = 0;
        HttpResponseMessage response;
        for (; (response = await PostAsync(server, role)).IsSuccessStatusCode && accepted < Many; accepted++) response.Dispose();
        using (response)
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
            Assert.True(response.Headers.RetryAfter!.Delta > TimeSpan.Zero);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        }

        Assert.InRange(accepted, Burst, Many);
        Assert.Equal(accepted, (await server.ClicksAsync()).Count(c => c.AdId == "a"));
        Assert.True(refused.Of("rate_limited") > 0);
        using var other = await PostAsync(server, otherRole);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Theory]
    [InlineData("false", false)]
    [InlineData("true", true)]
    public async Task Callers_on_this_machine_are_limited_only_where_configured(string limitLoopback, bool isLimited)
    {
        await using var server = await StartAsync(("Ingestion:RateLimits:LimitLoopback", limitLoopback));
        for (var i = 0; i < Many; i++) (await server.GetAsync("?ad_id=a&campaign_id=c")).Dispose();
        Assert.Equal(isLimited, (await server.ClicksAsync()).Any(c => c.IngestMark.Length > 0));
    }

    [Fact]
    public async Task A_limit_beyond_its_own_is_named_by_its_key()
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(("Ingestion:RateLimits:AddressPerSecond", "-1")));

        Assert.Equal("Ingestion:RateLimits:AddressPerSecond must be between 0 and 1000000.", Assert.Single(refusal.Failures));
    }

    private static Task<TrackingServer> StartAsync(params (string, string)[] settings) => TrackingServer.StartAsync(
    [
        ("Proxies:Trusted", "127.0.0.1"),
        ("Ingestion:RateLimits:AddressPerSecond", "1"), ("Ingestion:RateLimits:AddressBurst", $"{Burst}"),
        ("Ingestion:RateLimits:KeyPerSecond", "1"), ("Ingestion:RateLimits:KeyBurst", $"{Burst}"),
        .. settings,
    ]);

    private static async Task ClickAsync(TrackingServer server, string ad, string address)
    {
        using var response = await server.GetAsync($"?ad_id={ad}&campaign_id=c", headers: [("X-Forwarded-For", address)]);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task<HttpResponseMessage> PostAsync(TrackingServer server, string role)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/track/click_event") { Content = new StringContent(Click, null, "application/json") };
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");
        if (role.Length > 0) request.Headers.Add("X-Role", role);
        return await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
