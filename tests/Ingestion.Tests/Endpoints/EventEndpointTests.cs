using System.Net;
using Adclicks.Domain.Clicks;
using Adclicks.Ingestion.Tests.Support;

namespace Adclicks.Ingestion.Tests.Endpoints;

public sealed class EventEndpointTests
{
    private const string Click = """{"event_id": "e", "timestamp_ms": 1431857103000, "ad_id": "a", "campaign_id": "c", "ip_address": "83.149.9.216", "geo_country": "DE"}""";

    [Fact]
    public async Task A_partner_is_believed()
    {
        await using var server = await TrackingServer.StartAsync();
        var answer = await TrackingServer.JsonAsync(await server.PostAsync(Click));
        Assert.Equal((1, "e"), (answer.GetProperty("accepted").GetInt32(), answer.GetProperty("event_id").GetString()));
        var click = Assert.Single(await server.ClicksAsync(), c => c.AdId == "a");
        Assert.Equal((1431857103000, "DE", ClickSource.Event), (click.ClickedAtMs, click.Country, click.Source));
    }

    [Fact]
    public async Task A_stranger_is_taken_at_his_own_address_and_at_our_time()
    {
        await using var server = await TrackingServer.StartAsync();
        using var response = await server.PostAsync(Click, asPartner: false, mediaType: "text/plain");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var click = Assert.Single(await server.ClicksAsync(), c => c.AdId == "a");
        Assert.Equal((click.ServerTimestampMs, ""), (click.ClickedAtMs, click.Country));
    }

    [Fact]
    public async Task A_time_ahead_of_ours_is_not_believed()
    {
        await using var server = await TrackingServer.StartAsync();
        var ahead = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds();
        using var response = await server.PostAsync($$"""{"timestamp_ms": {{ahead}}, "ad_id": "a", "campaign_id": "c"}""");
        var click = Assert.Single(await server.ClicksAsync(), c => c.AdId == "a");
        Assert.Equal(click.ServerTimestampMs, click.ClickedAtMs);
    }

    [Theory]
    [InlineData("[]", "click")]
    [InlineData("{", "click")]
    [InlineData("""{"timestamp_ms": 1, "ad_id": 7, "campaign_id": "c"}""", "ad_id")]
    [InlineData("""{"ad_id": "a", "campaign_id": "c"}""", "timestamp_ms")]
    [InlineData("""{"timestamp_ms": -1, "ad_id": "a", "campaign_id": "c"}""", "timestamp_ms")]
    [InlineData("""{"timestamp_ms": 1, "ad_id": "a", "campaign_id": "c", "geo_country": "Germany"}""", "geo_country")]
    [InlineData("""{"timestamp_ms": 1, "ad_id": "a", "campaign_id": "c", "ip_address": "here"}""", "ip_address")]
    [InlineData("""{"timestamp_ms": 1, "ad_id": "a\u0000", "campaign_id": "c"}""", "ad_id")]
    [InlineData("""{"timestamp_ms": 1, "ad_id": "a", "campaign_id": "c", "extra": {"deep": 1}}""", "extra")]
    public async Task What_is_wrong_is_named(string json, string field)
    {
        await using var server = await TrackingServer.StartAsync();
        using var response = await server.PostAsync(json);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal([field], (await TrackingServer.JsonAsync(response)).GetProperty("errors").EnumerateObject().Select(e => e.Name));
    }
}
