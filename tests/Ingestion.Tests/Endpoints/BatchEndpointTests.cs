using System.Net;
using System.Text;
using Adclicks.Domain.Clicks;
using Adclicks.Ingestion.Bodies.Generated;
using Adclicks.Ingestion.Tests.Support;
using Google.Protobuf;

namespace Adclicks.Ingestion.Tests.Endpoints;

public sealed class BatchEndpointTests
{
    private const string Ndjson = "application/x-ndjson";

    [Fact]
    public async Task Each_line_is_accepted_or_explained()
    {
        await using var server = await TrackingServer.StartAsync();
        var answer = await AnswerAsync(server, """
            {"timestamp_ms": 1431857103000, "ad_id": "a", "campaign_id": "c", "ip_address": "83.149.9.216", "geo_country": "de", "event_id": "e1"}

            {"timestamp_ms": 1431857103000, "campaign_id": "c"}
            not json
            {"timestamp_ms": "late", "ad_id": "a", "campaign_id": "c", "ip_address": "300.1.1.1"}
            {"timestamp_ms": 1431857104000, "ad_id": "b", "campaign_id": "c"}
            """);
        Assert.Equal((2, 3), (answer.GetProperty("accepted").GetInt32(), answer.GetProperty("rejected").GetInt32()));
        var errors = answer.GetProperty("errors");
        Assert.Equal([1, 2, 3], errors.EnumerateArray().Select(e => e.GetProperty("index").GetInt32()));
        Assert.True(errors[0].GetProperty("errors").TryGetProperty("ad_id", out _));
        Assert.True(errors[2].GetProperty("errors").TryGetProperty("timestamp_ms", out _));
        Assert.True(errors[2].GetProperty("errors").TryGetProperty("ip_address", out _));
        var clicks = (await server.ClicksAsync()).Where(c => c.CampaignId == "c").OrderBy(c => c.AdId, StringComparer.Ordinal).ToList();
        Assert.Equal(["a", "b"], clicks.Select(c => c.AdId));
        Assert.Equal((1431857103000, "DE", "e1", ClickSource.Batch), (clicks[0].ClickedAtMs, clicks[0].Country, clicks[0].EventId, clicks[0].Source));
    }

    [Fact]
    public async Task The_same_click_is_the_same_in_every_form()
    {
        await using var server = await TrackingServer.StartAsync();
        const string Json = """{"timestamp_ms": 1431857103000, "ad_id": "a", "campaign_id": "c", "user_id": "u", "additional_params": {"k": "v"}}""";
        var message = new ClickEvents { Clicks = { new ClickEvent { TimestampMs = 1431857103000, AdId = "a", CampaignId = "c", UserId = "u", AdditionalParams = { ["k"] = "v" } } } };
        foreach (var (body, type, encoding) in new[]
        {
            (Encoding.UTF8.GetBytes($"[{Json}]"), "application/json", ""),
            (Encoding.UTF8.GetBytes(Json), Ndjson, ""),
            (message.ToByteArray(), "application/x-protobuf", ""),
            (Packed.Gzip(Encoding.UTF8.GetBytes(Json)), Ndjson, "GZip"),
            (Packed.Gzip(message.ToByteArray()), "application/x-protobuf", "gzip"),
        })
        {
            using var response = await server.PostBatchAsync(body, type, encoding);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        var clicks = (await server.ClicksAsync()).Where(c => c.AdId == "a").ToList();
        Assert.Equal(5, clicks.Count);
        Assert.Single(clicks.Select(c => c with { EventId = "", ServerTimestampMs = 0 }).Distinct());
    }

    [Fact]
    public async Task A_batch_sent_again_is_recorded_once()
    {
        await using var server = await TrackingServer.StartAsync();
        var body = string.Join('\n', Enumerable.Range(0, 20).Select(i => $$"""{"event_id": "e{{i}}", "timestamp_ms": 1431857103000, "ad_id": "a{{i}}", "campaign_id": "c"}"""));
        for (var attempt = 0; attempt < 3; attempt++) Assert.Equal(20, (await AnswerAsync(server, body)).GetProperty("accepted").GetInt32());
        Assert.Equal(20, (await server.ClicksAsync()).Count(c => c.CampaignId == "c"));
    }

    [Theory]
    [InlineData("text/html", "", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("", "", HttpStatusCode.UnsupportedMediaType)]
    [InlineData(Ndjson, "br", HttpStatusCode.UnsupportedMediaType)]
    [InlineData(Ndjson, "gzip", HttpStatusCode.BadRequest)]
    [InlineData("application/json", "", HttpStatusCode.BadRequest)]
    [InlineData("application/x-protobuf", "", HttpStatusCode.BadRequest)]
    public async Task A_body_of_another_kind_is_refused_as_a_whole(string mediaType, string encoding, HttpStatusCode status)
    {
        await using var server = await TrackingServer.StartAsync();
        using var response = await server.PostBatchAsync("<html>"u8.ToArray(), mediaType, encoding);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_small_body_that_unpacks_to_a_large_one_is_refused()
    {
        await using var server = await TrackingServer.StartAsync(("Ingestion:MaxBatchBytes", "100000"));
        var bomb = Packed.Gzip(new byte[50_000_000]);
        Assert.True(bomb.Length < 100_000);
        using var response = await server.PostBatchAsync(bomb, Ndjson, "gzip");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Theory]
    [InlineData(1000, HttpStatusCode.OK)]
    [InlineData(1001, HttpStatusCode.BadRequest)]
    public async Task A_batch_has_a_thousand_clicks_at_most_in_every_form(int clicks, HttpStatusCode status)
    {
        await using var server = await TrackingServer.StartAsync();
        var json = Enumerable.Repeat("""{"timestamp_ms": 1431857103000, "ad_id": "a", "campaign_id": "c"}""", clicks).ToList();
        var message = new ClickEvents { Clicks = { Enumerable.Repeat(new ClickEvent { TimestampMs = 1431857103000, AdId = "a", CampaignId = "c" }, clicks) } };
        foreach (var (body, type) in new[]
        {
            (Encoding.UTF8.GetBytes(string.Join('\n', json)), Ndjson),
            (Encoding.UTF8.GetBytes($"[{string.Join(',', json)}]"), "application/json"),
            (message.ToByteArray(), "application/x-protobuf"),
        })
        {
            using var response = await server.PostBatchAsync(body, type);
            Assert.Equal(status, response.StatusCode);
        }

        Assert.Equal(status == HttpStatusCode.OK ? 3 * clicks : 0, (await server.ClicksAsync()).Count(c => c.CampaignId == "c"));
    }

    [Fact]
    public async Task A_click_that_cannot_be_read_leaves_the_others_alone()
    {
        await using var server = await TrackingServer.StartAsync();
        const string Good = """{"timestamp_ms": 1431857103000, "ad_id": "a", "campaign_id": "c"}""";
        string[] clicks = [Good, """{"timestamp_ms": 1431857103000, "ad_id": "a", "campaign_id": "\ud800"}""", """{"\ud800": 1}""", "7", "[[1]]", Good];
        var bad = ByteString.CopyFrom(0x1A, 0x7F);
        var good = new ClickEvent { TimestampMs = 1431857103000, AdId = "a", CampaignId = "c" };
        byte[] message = [.. new ClickEvents { Clicks = { good } }.ToByteArray(), 0x0A, (byte)bad.Length, .. bad, 0x7A, 1, 0, .. new ClickEvents { Clicks = { good } }.ToByteArray()];
        foreach (var (body, type, refused) in new[]
        {
            (Encoding.UTF8.GetBytes($"[{string.Join(',', clicks)}]"), "application/json", new[] { 1, 2, 3, 4 }),
            (Encoding.UTF8.GetBytes(string.Join('\n', clicks)), Ndjson, [1, 2, 3, 4]),
            (message, "application/x-protobuf", [1]),
        })
        {
            var answer = await TrackingServer.JsonAsync(await server.PostBatchAsync(body, type));
            Assert.Equal(2, answer.GetProperty("accepted").GetInt32());
            Assert.Equal(refused, answer.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("index").GetInt32()));
        }
    }

    [Fact]
    public async Task A_body_may_come_in_any_pieces()
    {
        await using var server = await TrackingServer.StartAsync();
        var json = Enumerable.Range(0, 40).Select(i => $$"""{"timestamp_ms": 1431857103000, "ad_id": "a{{i}}", "campaign_id": "c", "os": "{{new string('é', 100)}}"}""").ToList();
        var message = new ClickEvents { Clicks = { Enumerable.Range(0, 40).Select(i => new ClickEvent { TimestampMs = 1431857103000, AdId = $"a{i}", CampaignId = "c" }) } };
        foreach (var (body, type) in new[]
        {
            (Encoding.UTF8.GetBytes(string.Join("\r\n", json)), Ndjson),
            (Encoding.UTF8.GetBytes($" [ {string.Join(" , ", json)} ] "), "application/json"),
            (message.ToByteArray(), "application/x-protobuf"),
        })
        {
            foreach (var size in new[] { 1, 7, 1000 })
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "/track/click_events") { Content = new PiecesContent(body, size) };
                request.Content.Headers.ContentType = new(type);
                request.Headers.Add("X-Role", "ingest");
                var answer = await TrackingServer.JsonAsync(await server.Client.SendAsync(request, TestContext.Current.CancellationToken));
                Assert.Equal((40, 0), (answer.GetProperty("accepted").GetInt32(), answer.GetProperty("rejected").GetInt32()));
            }
        }
    }

    [Theory]
    [InlineData("application/json", "[{}")]
    [InlineData("application/json", "[] x")]
    [InlineData("application/json", "[{},,{}]")]
    [InlineData("application/json", "")]
    [InlineData("application/x-protobuf", "\n\u007f")]
    [InlineData("application/x-protobuf", "\u000b")]
    public async Task Clicks_that_cannot_be_told_apart_are_refused_as_a_whole(string mediaType, string body)
    {
        await using var server = await TrackingServer.StartAsync();
        using var response = await server.PostBatchAsync(Encoding.Latin1.GetBytes(body), mediaType);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("Unreadable request", (await TrackingServer.JsonAsync(response)).GetProperty("title").GetString());
    }

    [Fact]
    public async Task While_the_log_is_away_nothing_is_acknowledged()
    {
        await using var server = await TrackingServer.StartAsync();
        var line = """{"event_id": "e", "timestamp_ms": 1431857103000, "ad_id": "a", "campaign_id": "c"}"""u8.ToArray();
        server.Log.IsDown = true;
        using var refused = await server.PostBatchAsync(line, Ndjson);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        server.Log.IsDown = false;
        while (true)
        {
            using var accepted = await server.PostBatchAsync(line, Ndjson);
            if (accepted.StatusCode == HttpStatusCode.OK) break;
        }

        Assert.Single(await server.ClicksAsync(), c => c.AdId == "a");
    }

    private static async Task<System.Text.Json.JsonElement> AnswerAsync(TrackingServer server, string lines) =>
        await TrackingServer.JsonAsync(await server.PostBatchAsync(Encoding.UTF8.GetBytes(lines), Ndjson));
}
