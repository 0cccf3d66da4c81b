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
    public async Task A_stranger_takes_no_id_from_a_partner()
    {
        await using var server = await TrackingServer.StartAsync();
        var strange = await TrackingServer.JsonAsync(await server.PostAsync(Click, asPartner: false));
        var own = await TrackingServer.JsonAsync(await server.PostAsync(Click));

        Assert.Equal(("anonymous:e", "e"), (strange.GetProperty("event_id").GetString(), own.GetProperty("event_id").GetString()));
        Assert.Equal(["anonymous:e", "e"], (await server.ClicksAsync()).Where(c => c.AdId == "a").Select(c => c.EventId).Order(StringComparer.Ordinal));
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

    [Fact]
    public async Task What_is_wrong_is_named_by_field_limit_and_kind_of_value()
    {
        const string Rest = ""","timestamp_ms": 1, "ad_id": "a", "campaign_id": "c"}""";
        await using var server = await TrackingServer.StartAsync();
        foreach (var (json, field, problem) in new[]
        {
            ("[]", "click", "must be a JSON object; is an array"),
            ("{", "click", "must be a JSON object; is no JSON"),
            ("""{"event_id": "\ud800" """ + Rest, "click", "must be Unicode text throughout"),
            ("""{"timestamp_ms": 1, "ad_id": 7, "campaign_id": "c"}""", "ad_id", "must be a string; is a number"),
            ("""{"timestamp_ms": 1, "campaign_id": "c"}""", "ad_id", "is required: 1 to 1024 characters"),
            ("""{"ad_id": "a", "campaign_id": "c"}""", "timestamp_ms", "must be a time in Unix milliseconds, from 1 to 253402300799999; is absent"),
            ("""{"timestamp_ms": -1, "ad_id": "a", "campaign_id": "c"}""", "timestamp_ms", "must be a time in Unix milliseconds, from 1 to 253402300799999; is below"),
            ("""{"timestamp_ms": 1.5, "ad_id": "a", "campaign_id": "c"}""", "timestamp_ms", "must be a whole number of Unix milliseconds; is no whole number, or larger than 64 bits"),
            ("""{"geo_country": "Germany" """ + Rest, "geo_country", "must be two letters (ISO 3166-1 alpha-2); has 7 characters"),
            ("""{"ip_address": "here" """ + Rest, "ip_address", "must be an IPv4 or IPv6 address; is a text of 4 characters"),
            ("""{"event_id": "a\u0000" """ + Rest, "event_id", "must not contain control characters; has U+0000 at 1"),
            ($$"""{"user_id": "{{new string('x', 1300)}}" """ + Rest, "user_id", "must be at most 256 characters; has 1,300 characters"),
            ("""{"extra": {"deep": 1} """ + Rest, "extra", "must be a string, a number or a boolean; is an object"),
            ("""{"additional_params": [1] """ + Rest, "additional_params", "must be an object; is an array"),
            ($$"""{{{string.Concat(Enumerable.Range(0, 99).Select(i => $"\"p{i}\": 1,"))}}"os": "x" """ + Rest, "additional_params", "must be at most 32 entries; has more"),
            ($$"""{"{{new string('n', 65)}}": 1 """ + Rest, "additional_params", "must have names of 1 to 64 characters; one has 65 characters"),
        })
        {
            using var response = await server.PostAsync(json);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            var error = Assert.Single((await TrackingServer.JsonAsync(response)).GetProperty("errors").EnumerateObject());
            Assert.Equal((field, problem), (error.Name, error.Value[0].GetString()));
        }
    }

    [Fact]
    public async Task Names_that_a_sender_made_up_go_back_to_it_and_not_on_record()
    {
        await using var server = await TrackingServer.StartAsync();
        using var response = await server.PostAsync($$"""{"ad_id": "a", {{string.Join(',', Enumerable.Range(0, 500).Select(i => $"\"secret{i}{new string('x', 100)}\": []"))}}}""");
        var errors = (await TrackingServer.JsonAsync(response)).GetProperty("errors").EnumerateObject().ToList();
        Assert.InRange(errors.Count(e => e.Name.StartsWith("secret", StringComparison.Ordinal)), 1, 20);
        Assert.All(errors, e => Assert.InRange(e.Name.Length, 1, 64));
        var rejected = Assert.Single(await server.RejectedAsync(1)).GetRawText();
        Assert.DoesNotContain("secret", rejected, StringComparison.Ordinal);
        Assert.InRange(rejected.Length, 1, 4096);
    }

    [Theory]
    [InlineData("text/html", "")]
    [InlineData("application/json", "br")]
    public async Task What_is_not_taken_is_counted(string mediaType, string encoding)
    {
        await using var server = await TrackingServer.StartAsync();
        using var refused = new CountedReasons("adclicks.ingestion.clicks.refused");
        using var response = await server.PostAsync(Click, mediaType: mediaType, encoding: encoding);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.True(refused.Of("malformed") > 0);
        Assert.Equal("malformed", Assert.Single(await server.RejectedAsync(1)).GetProperty("reason").GetString());
    }
}
