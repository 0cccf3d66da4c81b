using System.Net;
using System.Net.Http.Headers;
using Adclicks.Ingestion.Tests.Support;

namespace Adclicks.Ingestion.Tests.Client;

public sealed class ClientScriptTests
{
    [Fact]
    public async Task It_is_small_and_may_be_loaded_and_kept_by_anybody()
    {
        await using var server = await TrackingServer.StartAsync();
        using var first = await AskAsync(server, HttpMethod.Get);
        using var again = await AskAsync(server, HttpMethod.Get, first.Headers.ETag);
        using var head = await AskAsync(server, HttpMethod.Head);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal("text/javascript", first.Content.Headers.ContentType?.MediaType);
        Assert.InRange(first.Content.Headers.ContentLength!.Value, 1, 2047);
        Assert.True(first.Headers.CacheControl is { Public: true, MaxAge.TotalSeconds: > 0 });
        Assert.Equal("*", first.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Equal(first.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
    }

    private static async Task<HttpResponseMessage> AskAsync(TrackingServer server, HttpMethod method, EntityTagHeaderValue? tag = null)
    {
        using var request = new HttpRequestMessage(method, "/track/adclicks.js");
        if (tag is not null) request.Headers.IfNoneMatch.Add(tag);
        return await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
