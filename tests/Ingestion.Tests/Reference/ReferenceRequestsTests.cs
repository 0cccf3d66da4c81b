using System.Net;
using System.Text.Json;
using Adclicks.Ingestion.Reference;
using Microsoft.Extensions.DependencyInjection;

namespace Adclicks.Ingestion.Tests.Reference;

public sealed class ReferenceRequestsTests
{
    [Theory]
    [InlineData("""{"kind":"blocked_ip_range","range":"10.0.0.0/8"}""")]
    [InlineData("""{"kind":"bad_user_agent","pattern":"curl/|^python"}""")]
    [InlineData("""{"max_clicks":5,"window_seconds":60,"per":"visitor","kind":"velocity"}""")]
    public async Task A_rule_of_each_kind_can_be_put_and_put_back(string json)
    {
        await using var server = await ReferenceServer.StartAsync();
        await server.DefineAsync("/reference/rules/r", json);
        await server.DefineAsync("/reference/rules/r", await server.GetAsync("/reference/rules/r"));
        Assert.Equal(1, server.Feed.AppliedRevision);
    }

    [Fact]
    public async Task A_narrow_range_is_kept_as_hashes()
    {
        await using var server = await ReferenceServer.StartAsync(services: s => s.AddSingleton<IAddressHasher, LastByte>());
        await server.DefineAsync("/reference/rules/r", """{"kind":"blocked_ip_range","range":"203.0.113.4/31","address_hashes":["forged"]}""");
        Assert.Contains("""
            "address_hashes":["04","05"]
            """, await server.GetAsync("/reference/rules/r"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a%2Fb%2Fhistory", "a/b/history")]
    [InlineData("a%252Fb", "a%2Fb")]
    [InlineData("%C3%A4%20%3F%23", "ä ?#")]
    [InlineData("%2Freference%2Fads%2Fx", "/reference/ads/x")]
    [InlineData("history", "history")]
    public async Task Any_id_can_stand_in_the_path(string encoded, string id)
    {
        await using var server = await ReferenceServer.StartAsync();
        await server.DefineAsync("/reference/publishers/" + encoded, "{}");
        using var item = JsonDocument.Parse(await server.GetAsync("/reference/publishers/" + encoded));
        Assert.Equal(id, item.RootElement.GetProperty("id").GetString());
        using var history = JsonDocument.Parse(await server.GetAsync($"/reference/publishers/{encoded}/history"));
        Assert.Equal(id, history.RootElement.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Lists_and_histories_come_in_pages()
    {
        await using var server = await ReferenceServer.StartAsync();
        for (var i = 0; i < 5; i++) await server.DefineAsync($"/reference/publishers/p{i}", "{}");
        for (var i = 0; i < 4; i++) await server.DefineAsync("/reference/publishers/p0", $$"""{"name":"{{i}}"}""");
        Assert.Equal(["p0", "p1", "p2", "p3", "p4"], await PagesAsync(server, "/reference/publishers?limit=2", "after", "items", v => v.GetProperty("item").GetProperty("id").ToString()));
        Assert.Equal(["9", "8", "7", "6", "1"], await PagesAsync(server, "/reference/publishers/p0/history?limit=2", "before", "versions", v => v.GetProperty("revision").ToString()));
        using var refused = await server.SendAsync(HttpMethod.Get, "/reference/publishers?limit=0");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Theory]
    [InlineData("", "GET", HttpStatusCode.Unauthorized)]
    [InlineData("", "PUT", HttpStatusCode.Unauthorized)]
    [InlineData("analyst", "GET", HttpStatusCode.NotFound)]
    [InlineData("analyst", "PUT", HttpStatusCode.Forbidden)]
    [InlineData("analyst", "DELETE", HttpStatusCode.Forbidden)]
    [InlineData("ingest", "GET", HttpStatusCode.Forbidden)]
    public async Task Admins_write_and_analysts_read(string role, string method, HttpStatusCode status)
    {
        await using var server = await ReferenceServer.StartAsync();
        server.Client.DefaultRequestHeaders.Remove("X-Role");
        using var response = await server.SendAsync(new HttpMethod(method), "/reference/ads/a", method == "PUT" ? "{}" : null, ("X-Role", role));
        Assert.Equal(status, response.StatusCode);
    }

    [Theory]
    [InlineData("application/json", HttpStatusCode.Created)]
    [InlineData("Application/JSON; charset=\"UTF-8\"", HttpStatusCode.Created)]
    [InlineData("text/plain", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json; charset=utf-16", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData(null, HttpStatusCode.UnsupportedMediaType)]
    public async Task An_item_is_put_as_json(string? contentType, HttpStatusCode status)
    {
        await using var server = await ReferenceServer.StartAsync();
        using var body = new ByteArrayContent("{}"u8.ToArray());
        if (contentType is not null) body.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var response = await server.Client.PutAsync("/reference/publishers/p", body, TestContext.Current.CancellationToken);
        Assert.Equal(status, response.StatusCode);
        if (status == HttpStatusCode.UnsupportedMediaType)
            Assert.Contains("application/json, in UTF-8", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused()
    {
        await using var server = await ReferenceServer.StartAsync();
        await ReferenceCommandsTests.ErrorsAsync(await server.PutAsync("/reference/publishers/p", $$"""{"name":"{{new string('x', 70_000)}}"}"""));
    }

    private static async Task<List<string>> PagesAsync(ReferenceServer server, string path, string cursor, string items, Func<JsonElement, string> select)
    {
        var all = new List<string>();
        for (var next = ""; ;)
        {
            using var page = JsonDocument.Parse(await server.GetAsync(path + (next.Length == 0 ? "" : $"&{cursor}={next}")));
            all.AddRange(page.RootElement.GetProperty(items).EnumerateArray().Select(select));
            var element = page.RootElement.GetProperty("next");
            if (element.ValueKind == JsonValueKind.Null) return all;
            next = element.ToString();
        }
    }

    private sealed class LastByte : IAddressHasher
    {
        public string HashOf(IPAddress address) => Convert.ToHexStringLower(address.GetAddressBytes().AsSpan()[^1..]);
    }
}
