using System.Net;
using System.Text.Json;
using Adclicks.Domain.Access;
using Adclicks.Ingestion.Tests.Support;

namespace Adclicks.Ingestion.Tests.Rejections;

public sealed class RejectionEndpointTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_refused_is_told_newest_first_and_page_by_page()
    {
        await using var server = await TrackingServer.StartAsync();
        using var invalid = await server.GetAsync("?ad_id=a&campaign_id=" + new string('c', 1_025));
        await server.RejectedAsync(1);
        using var malformed = await server.PostBatchAsync("[{"u8.ToArray(), "application/json");
        await server.RejectedAsync(2);

        var first = await RejectionsAsync(server, "?limit=1");
        var second = await RejectionsAsync(server, $"?limit=1&before={first.GetProperty("next").GetInt64()}");

        var newest = Assert.Single(first.GetProperty("rejections").EnumerateArray()).GetProperty("rejection");
        Assert.Equal(("malformed", "batch"), (newest.GetProperty("reason").GetString(), newest.GetProperty("source").GetString()));
        Assert.Equal("The body must be a JSON array of objects.", Assert.Single(newest.GetProperty("errors").EnumerateArray()).GetProperty("problem").GetString());
        var oldest = Assert.Single(second.GetProperty("rejections").EnumerateArray()).GetProperty("rejection");
        Assert.Equal("campaign_id", Assert.Single(oldest.GetProperty("errors").EnumerateArray()).GetProperty("field").GetString());
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next").ValueKind);
    }

    [Theory]
    [InlineData("?limit=0", "limit")]
    [InlineData("?limit=1001", "limit")]
    [InlineData("?before=-1", "before")]
    public async Task A_parameter_beyond_its_limits_is_named(string query, string parameter)
    {
        await using var server = await TrackingServer.StartAsync();
        using var answer = await AskAsync(server, query);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(parameter, (await TrackingServer.JsonAsync(answer)).GetProperty("parameter").GetString());
    }

    private static async Task<JsonElement> RejectionsAsync(TrackingServer server, string query) => await TrackingServer.JsonAsync(await AskAsync(server, query));

    private static async Task<HttpResponseMessage> AskAsync(TrackingServer server, string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/rejections" + query);
        request.Headers.Add("X-Role", Roles.Admin);
        return await server.Client.SendAsync(request, Token);
    }
}
