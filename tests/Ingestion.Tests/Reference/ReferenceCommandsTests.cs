using System.Net;
using System.Text.Json;
using Adclicks.Domain.Streams;
using Adclicks.Tests.Support;

namespace Adclicks.Ingestion.Tests.Reference;

public sealed class ReferenceCommandsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_put_can_be_read_with_the_same_tag()
    {
        await using var server = await ReferenceServer.StartAsync();
        using var created = await server.PutAsync("/reference/advertisers/v", """{"name":"Acme","allowed_redirect_hosts":["acme.test"]}""");
        Assert.Equal((HttpStatusCode.Created, "\"1\""), (created.StatusCode, created.Headers.ETag!.Tag));
        using var read = await server.SendAsync(HttpMethod.Get, "/reference/advertisers/v");
        Assert.Equal("\"1\"", read.Headers.ETag!.Tag);
        Assert.Equal("""{"name":"Acme","allowed_redirect_hosts":["acme.test"],"id":"v"}""", await read.Content.ReadAsStringAsync(Token));
        using var unchanged = await server.SendAsync(HttpMethod.Get, "/reference/advertisers/v", null, ("If-None-Match", "\"1\""));
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Theory]
    [InlineData("W/\"1\"", HttpStatusCode.NotModified)]
    [InlineData("*", HttpStatusCode.NotModified)]
    [InlineData("\"7\", W/\"1\"", HttpStatusCode.NotModified)]
    [InlineData("\"7\"", HttpStatusCode.OK)]
    [InlineData("W/\"11\"", HttpStatusCode.OK)]
    [InlineData("1", HttpStatusCode.OK)]
    public async Task A_reader_with_the_tag_of_an_item_has_it(string tag, HttpStatusCode status)
    {
        await using var server = await ReferenceServer.StartAsync();
        await server.DefineAsync("/reference/publishers/p", "{}");
        using var response = await server.SendAsync(HttpMethod.Get, "/reference/publishers/p", null, ("If-None-Match", tag));
        Assert.Equal((status, "\"1\""), (response.StatusCode, response.Headers.ETag!.Tag));
    }

    [Fact]
    public async Task The_same_state_again_writes_no_event()
    {
        await using var server = await ReferenceServer.StartAsync();
        await server.DefineAsync("/reference/publishers/p", """{"name":"News"}""");
        using var again = await server.PutAsync("/reference/publishers/p", await server.GetAsync("/reference/publishers/p"));
        Assert.Equal((HttpStatusCode.OK, "\"1\""), (again.StatusCode, again.Headers.ETag!.Tag));
        Assert.Equal(1, server.Feed.AppliedRevision);
    }

    [Theory]
    [InlineData("If-Match", "\"1\"", HttpStatusCode.OK)]
    [InlineData("If-Match", "\"7\", \"1\"", HttpStatusCode.OK)]
    [InlineData("If-Match", "*", HttpStatusCode.OK)]
    [InlineData("If-Match", "\"0\"", HttpStatusCode.PreconditionFailed)]
    [InlineData("If-Match", "W/\"1\"", HttpStatusCode.PreconditionFailed)]
    [InlineData("If-Match", "W/\"11\"", HttpStatusCode.PreconditionFailed)]
    [InlineData("If-Match", "\"x\"", HttpStatusCode.PreconditionFailed)]
    [InlineData("If-Match", "1", HttpStatusCode.BadRequest)]
    [InlineData("If-None-Match", "*", HttpStatusCode.PreconditionFailed)]
    [InlineData("If-None-Match", "\"1\"", HttpStatusCode.BadRequest)]
    public async Task A_precondition_is_held_against_the_last_event(string header, string value, HttpStatusCode status)
    {
        await using var server = await ReferenceServer.StartAsync();
        await server.DefineAsync("/reference/publishers/p", """{"name":"one"}""");
        using var response = await server.PutAsync("/reference/publishers/p", """{"name":"two"}""", (header, value));
        Assert.Equal(status, response.StatusCode);
        if (status == HttpStatusCode.PreconditionFailed) Assert.Equal("\"1\"", response.Headers.ETag!.Tag);
        if (status == HttpStatusCode.OK) Assert.Equal("\"2\"", response.Headers.ETag!.Tag);
    }

    [Fact]
    public async Task Removal_is_soft()
    {
        await using var server = await ReferenceServer.StartAsync();
        await server.DefineAsync("/reference/publishers/p", """{"name":"one"}""");
        using (var stale = await server.SendAsync(HttpMethod.Delete, "/reference/publishers/p", null, ("If-Match", "\"0\"")))
            Assert.Equal(HttpStatusCode.PreconditionFailed, stale.StatusCode);
        using (var removed = await server.SendAsync(HttpMethod.Delete, "/reference/publishers/p", null, ("If-Match", "\"1\"")))
            Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        using (var gone = await server.SendAsync(HttpMethod.Get, "/reference/publishers/p")) Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        using (var twice = await server.SendAsync(HttpMethod.Delete, "/reference/publishers/p")) Assert.Equal(HttpStatusCode.NotFound, twice.StatusCode);
        using (var match = await server.PutAsync("/reference/publishers/p", "{}", ("If-Match", "*"))) Assert.Equal(HttpStatusCode.PreconditionFailed, match.StatusCode);
        using (var back = await server.PutAsync("/reference/publishers/p", """{"name":"two"}""", ("If-None-Match", "*"))) Assert.Equal(HttpStatusCode.Created, back.StatusCode);
        using var history = JsonDocument.Parse(await server.GetAsync("/reference/publishers/p/history"));
        var versions = history.RootElement.GetProperty("versions").EnumerateArray().ToList();
        Assert.Equal(["publisher-defined", "publisher-removed", "publisher-defined"], versions.Select(v => v.GetProperty("type").GetString()));
        Assert.All(versions, v => Assert.Equal("admin-key", v.GetProperty("by").GetString()));
        Assert.Equal(JsonValueKind.Null, versions[1].GetProperty("item").ValueKind);
    }

    [Fact]
    public async Task Parents_must_be_there_before_and_stay_while_they_have_children()
    {
        await using var server = await ReferenceServer.StartAsync();
        Assert.Contains("campaign_id", await ErrorsAsync(await server.PutAsync("/reference/ads/a", """{"campaign_id":"c"}""")), StringComparison.Ordinal);
        Assert.Contains("advertiser_id", await ErrorsAsync(await server.PutAsync("/reference/campaigns/c", """{"advertiser_id":"v"}""")), StringComparison.Ordinal);
        await server.DefineAsync("/reference/advertisers/v", "{}");
        await server.DefineAsync("/reference/campaigns/c", """{"advertiser_id":"v"}""");
        await server.DefineAsync("/reference/ads/a", """{"campaign_id":"c"}""");
        foreach (var parent in new[] { "campaigns/c", "advertisers/v" })
        {
            using var refused = await server.SendAsync(HttpMethod.Delete, "/reference/" + parent);
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        }

        foreach (var item in new[] { "ads/a", "campaigns/c", "advertisers/v" })
        {
            using var removed = await server.SendAsync(HttpMethod.Delete, "/reference/" + item);
            Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        }
    }

    [Fact]
    public async Task Two_nodes_at_once_lose_nothing()
    {
        const int EachWrites = 40;
        await using var log = new MemoryEventLog();
        await using var one = await ReferenceServer.StartAsync(log);
        await using var two = await ReferenceServer.StartAsync(log);
        async Task WriteAsync(ReferenceServer server, string prefix)
        {
            for (var i = 0; i < EachWrites; i++) await server.DefineAsync($"/reference/publishers/{prefix}{i}", "{}");
        }

        await Task.WhenAll(WriteAsync(one, "a"), WriteAsync(one, "b"), WriteAsync(two, "c"), WriteAsync(two, "d"));
        Assert.Equal(4 * EachWrites, await log.GetLastRevisionAsync(StreamNames.Reference, Token));
        await two.Feed.WaitForAsync(4 * EachWrites, Token);
        using var list = JsonDocument.Parse(await two.GetAsync("/reference/publishers?limit=1000"));
        Assert.Equal(4 * EachWrites, list.RootElement.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Of_two_writers_with_the_same_tag_one_wins()
    {
        await using var log = new MemoryEventLog();
        await using var one = await ReferenceServer.StartAsync(log);
        await using var two = await ReferenceServer.StartAsync(log);
        await one.DefineAsync("/reference/publishers/p", """{"name":"start"}""");
        await two.Feed.WaitForAsync(1, Token);

        // The other node's write comes exactly between the first node's decision and its append.
        log.BeforeAppend = async _ =>
        {
            log.BeforeAppend = null;
            using var winner = await two.PutAsync("/reference/publishers/p", """{"name":"two"}""", ("If-Match", "\"1\""));
            Assert.Equal(HttpStatusCode.OK, winner.StatusCode);
        };
        using var loser = await one.PutAsync("/reference/publishers/p", """{"name":"one"}""", ("If-Match", "\"1\""));
        Assert.Equal((HttpStatusCode.PreconditionFailed, "\"2\""), (loser.StatusCode, loser.Headers.ETag!.Tag));
    }

    [Fact]
    public async Task A_parent_removed_in_between_is_noticed()
    {
        await using var log = new MemoryEventLog();
        await using var one = await ReferenceServer.StartAsync(log);
        await using var two = await ReferenceServer.StartAsync(log);
        await one.DefineAsync("/reference/advertisers/v", "{}");
        await two.Feed.WaitForAsync(1, Token);
        log.BeforeAppend = async _ =>
        {
            log.BeforeAppend = null;
            (await two.SendAsync(HttpMethod.Delete, "/reference/advertisers/v")).Dispose();
        };
        Assert.Contains("advertiser_id", await ErrorsAsync(await one.PutAsync("/reference/campaigns/c", """{"advertiser_id":"v"}""")), StringComparison.Ordinal);
        Assert.Equal(2, await log.GetLastRevisionAsync(StreamNames.Reference, Token));
    }

    [Fact]
    public async Task Without_the_log_a_write_is_503_and_reads_go_on()
    {
        await using var log = new MemoryEventLog();
        await using var server = await ReferenceServer.StartAsync(log);
        await server.DefineAsync("/reference/publishers/p", "{}");
        log.IsDown = true;
        using var refused = await server.PutAsync("/reference/publishers/q", "{}");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        await server.GetAsync("/reference/publishers/p");
        log.IsDown = false;
        await server.DefineAsync("/reference/publishers/q", "{}");
    }

    internal static async Task<string> ErrorsAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync(Token);
            Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"{response.StatusCode} {text}");
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
            using var problem = JsonDocument.Parse(text);
            return problem.RootElement.GetProperty("errors").ToString();
        }
    }
}
