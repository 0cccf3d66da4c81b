using System.Net;
using System.Text;
using Adclicks.Ingestion.Tests.Support;

namespace Adclicks.Ingestion.Tests.Bodies;

/// <summary>What is said of a click is the same, whether it comes alone, as a line or in an array.</summary>
public sealed class OddClickTests
{
    private const string Rest = "\"timestamp_ms\":1431857103000,\"ad_id\":\"a\",\"campaign_id\":\"c\"";
    private const int Deep = 1000;

    [Fact]
    public async Task The_three_forms_say_the_same()
    {
        await using var server = await TrackingServer.StartAsync();
        string[] values = ["null", "5", "1.5", "1e99", "\"1\"", "\" \"", "\"\"", "true", "{}", "[]", """{"a":{"a":[{}]}}""", "[[[[[[[[[[1]]]]]]]]]]", "\"\\ud800\"", "\"\\u0000\""];
        string[] fields = ["event_id", "timestamp_ms", "ad_id", "ip_address", "user_id", "geo_country", "additional_params", "server_timestamp_ms", "x"];
        var clicks = fields.SelectMany(field => values.Select(value => $$"""{{{Rest}},"{{field}}":{{value}}}"""))
            .Concat(values)
            .Concat(["{}", $$"""{"\ud800":1,{{Rest}}}""", $$"""{"additional_params":{"x":[1],"y":null,"z":1},{{Rest}}}"""])
            .Concat([$$"""{{{Rest}},"x":{{Nested(Deep)}}}""", $$"""{{{Rest}},"ad_id":{{Nested(Deep)}},"additional_params":{"x":{{Nested(Deep)}} } }""", Nested(Deep)])
            .ToList();
        var ofLines = await ErrorsAsync(server, string.Join('\n', clicks), "application/x-ndjson", clicks.Count);
        var ofArray = await ErrorsAsync(server, $"[{string.Join(',', clicks)}]", "application/json", clicks.Count);
        for (var i = 0; i < clicks.Count; i++)
        {
            using var response = await server.PostAsync(clicks[i]);
            var alone = response.StatusCode == HttpStatusCode.OK ? "" : (await TrackingServer.JsonAsync(response)).GetProperty("errors").GetRawText();
            Assert.Equal((clicks[i], alone, alone), (clicks[i], ofLines[i], ofArray[i]));
        }
    }

    [Theory]
    [InlineData("\"user_id\":null", "")]
    [InlineData("\"additional_params\":null", "")]
    [InlineData("\"server_timestamp_ms\":1", "")]
    [InlineData("\"ad_id\":5", """{"ad_id":["must be a string; is a number"]}""")]
    [InlineData("\"timestamp_ms\":\"1\"", """{"timestamp_ms":["must be a whole number of Unix milliseconds; is a string"]}""")]
    [InlineData("\"x\":{}", """{"x":["must be a string, a number or a boolean; is an object"]}""")]
    [InlineData("\"x\":[[[[[[[1]]]]]]]", """{"x":["must be a string, a number or a boolean; is an array"]}""")]
    [InlineData("\"user_id\":\"\\ud800\"", """{"click":["must be Unicode text throughout"]}""")]
    public async Task An_element_of_an_array_is_explained_by_its_fields(string member, string errors)
    {
        await using var server = await TrackingServer.StartAsync();
        var found = await ErrorsAsync(server, $$"""[{{{Rest}}},{{{Rest}},{{member}}},{{{Rest}}}]""", "application/json", 3);
        Assert.Equal(["", errors, ""], found);
    }

    [Fact]
    public async Task An_id_of_white_space_is_an_id_whatever_else_is_wrong()
    {
        await using var server = await TrackingServer.StartAsync();
        string[] lines = ["""{"timestamp_ms":1,"ad_id":" ","campaign_id":" "}""", """{"timestamp_ms":1,"ad_id":" ","campaign_id":" ","user_id":7}"""];
        var found = await ErrorsAsync(server, string.Join('\n', lines), "application/x-ndjson", lines.Length);
        Assert.Equal(["", """{"user_id":["must be a string; is a number"]}"""], found);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    public async Task A_byte_order_mark_before_the_clicks_is_read_over(int pieceBytes)
    {
        await using var server = await TrackingServer.StartAsync();
        foreach (var (path, mediaType, body) in new[]
        {
            ("/track/click_event", "application/json", $$"""{{{Rest}}}"""),
            ("/track/click_events", "application/json", $$"""[{{{Rest}}}]"""),
            ("/track/click_events", "application/x-ndjson", $$"""{{{Rest}}}"""),
        })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new PiecesContent([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(body)], pieceBytes) };
            request.Content.Headers.ContentType = new(mediaType);
            request.Headers.Add("X-Role", "ingest");
            var answer = await TrackingServer.JsonAsync(await server.Client.SendAsync(request, TestContext.Current.CancellationToken));
            Assert.Equal((1, 0), (answer.GetProperty("accepted").GetInt32(), answer.GetProperty("rejected").GetInt32()));
        }
    }

    [Theory]
    [InlineData("application/x-ndjson", "\uFEFF", HttpStatusCode.OK)]
    [InlineData("application/x-ndjson", "\uFEFF\n", HttpStatusCode.OK)]
    [InlineData("application/json", "\uFEFF[]", HttpStatusCode.OK)]
    [InlineData("application/json", "\uFEFF", HttpStatusCode.BadRequest)]
    [InlineData("application/json", "\uFEFF\uFEFF[]", HttpStatusCode.BadRequest)]
    public async Task A_byte_order_mark_is_no_click(string mediaType, string body, HttpStatusCode status)
    {
        await using var server = await TrackingServer.StartAsync();
        using var response = await server.PostBatchAsync(Encoding.UTF8.GetBytes(body), mediaType);
        Assert.Equal(status, response.StatusCode);
    }

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);

    /// <summary>By place; empty for a click that was accepted.</summary>
    private static async Task<string[]> ErrorsAsync(TrackingServer server, string body, string mediaType, int clicks)
    {
        var answer = await TrackingServer.JsonAsync(await server.PostBatchAsync(Encoding.UTF8.GetBytes(body), mediaType));
        var errors = new string[clicks];
        Array.Fill(errors, "");
        foreach (var error in answer.GetProperty("errors").EnumerateArray()) errors[error.GetProperty("index").GetInt32()] = error.GetProperty("errors").GetRawText();
        Assert.Equal(errors.Count(e => e.Length == 0), answer.GetProperty("accepted").GetInt32());
        return errors;
    }
}
