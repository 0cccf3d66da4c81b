using System.Net;
using System.Text;
using Adclicks.Ingestion.Tests.Support;

namespace Adclicks.Ingestion.Tests.Bodies;

public sealed class CharsetTests
{
    private const string Click = """{"timestamp_ms": 1431857103000, "ad_id": "a", "campaign_id": "c"}""";

    [Theory]
    [InlineData("application/json; charset=utf-8", HttpStatusCode.OK)]
    [InlineData("text/plain;charset=UTF-8", HttpStatusCode.OK)]
    [InlineData("application/json; charset=\"utf8\"", HttpStatusCode.OK)]
    [InlineData("application/json; charset=us-ascii", HttpStatusCode.OK)]
    [InlineData("application/json; charset=utf-16", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("text/plain; charset=iso-8859-1", HttpStatusCode.UnsupportedMediaType)]
    public async Task Clicks_are_taken_in_UTF_8_alone(string contentType, HttpStatusCode status)
    {
        await using var server = await TrackingServer.StartAsync();
        using var single = await server.PostAsync(Click, mediaType: contentType);
        Assert.Equal(status, single.StatusCode);
        using var batch = await server.PostBatchAsync(Encoding.UTF8.GetBytes(Click), contentType.Replace("text/plain", "application/x-ndjson", StringComparison.Ordinal).Replace("application/json", "application/x-ndjson", StringComparison.Ordinal));
        Assert.Equal(status, batch.StatusCode);
    }
}
