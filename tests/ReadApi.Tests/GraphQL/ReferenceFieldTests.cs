using System.Text.Json;
using Adclicks.Domain.Reference;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.EventStore.Reference;

namespace Adclicks.ReadApi.Tests.GraphQL;

public sealed class ReferenceFieldTests(ApiFixture api) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    private const string Everything = """
        { advertisers { id name campaigns { id ads { id } } }
          campaigns { id } ads(limit: 2) { id targetUrl campaign { advertiser { name } } } publishers { id name } }
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var feed = api.Service<ReferenceFeed>();
        await feed.Ready.WaitAsync(TimeSpan.FromSeconds(30), Token);
        if (feed.AppliedRevision > 0) return;
        ReferenceItem[] items =
        [
            new Advertiser("advertiser-1", "One", ["one.example"]), new Advertiser("advertiser-2", "Two", []), new Campaign("c-1", "advertiser-1", "Spring"),
            new Campaign("c-2", "advertiser-2", "Autumn"), new Ad("a-1", "c-1", "Red", "https://one.example/"), new Ad("a-2", "c-1", "Blue", ""),
            new Ad("a-3", "c-2", "Green", ""), new Publisher("publisher-1", "News"), new Publisher("publisher-2", "Sport"),
        ];
        var events = items.Select(item => new EventData(Guid.NewGuid(), ReferenceEvents.TypeOf(ReferenceChange.Define(item)), ReferenceEvents.ToJson(item), default, IsJson: true)).ToList();
        var result = await api.Log.AppendAsync(StreamNames.Reference, ExpectedRevision.Any, events, Token);
        await feed.WaitForAsync(result.Revision, Token);
    }

    public ValueTask DisposeAsync() => default;

    [Fact]
    public async Task Items_are_nested_in_those_they_belong_to()
    {
        var answer = await api.QueryAsync(Everything);

        AssertData(
            """
            {"advertisers":[{"id":"advertiser-1","name":"One","campaigns":[{"id":"c-1","ads":[{"id":"a-1"},{"id":"a-2"}]}]},{"id":"advertiser-2","name":"Two","campaigns":[{"id":"c-2","ads":[{"id":"a-3"}]}]}],"campaigns":[{"id":"c-1"},{"id":"c-2"}],"ads":[{"id":"a-1","targetUrl":"https://one.example/","campaign":{"advertiser":{"name":"One"}}},{"id":"a-2","targetUrl":"","campaign":{"advertiser":{"name":"One"}}}],"publishers":[{"id":"publisher-1","name":"News"},{"id":"publisher-2","name":"Sport"}]}
            """,
            answer);
    }

    [Theory]
    [InlineData("advertiser:advertiser-1", "advertiser-1 c-1 a-1 a-2", "advertiser-2 c-2 a-3 publisher-1")]
    [InlineData("publisher:publisher-2", "publisher-2", "publisher-1 advertiser-1 c-1 a-1")]
    public async Task Who_has_a_scope_sees_what_is_own(string key, string seen, string hidden)
    {
        var answer = (await api.QueryAsync(Everything, key)).GetProperty("data").GetRawText();

        Assert.All(seen.Split(' '), id => Assert.Contains($"\"{id}\"", answer, StringComparison.Ordinal));
        Assert.All(hidden.Split(' '), id => Assert.DoesNotContain($"\"{id}\"", answer, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pages_are_by_id()
    {
        var answer = await api.QueryAsync("""{ one: ads(id: "a-3") { id } rest: ads(after: "a-1") { id } none: ads(id: "a-9") { id } }""");
        var refused = await api.QueryAsync("{ ads(limit: 0) { id } }");

        Assert.Equal("""{"one":[{"id":"a-3"}],"rest":[{"id":"a-2"},{"id":"a-3"}],"none":[]}""", answer.GetProperty("data").GetRawText());
        Assert.Equal("limit", Extension(refused, "parameter"));
    }

    [Fact]
    public async Task Freshness_is_for_everybody_and_generations_for_analysts()
    {
        var answer = await api.QueryAsync("{ freshness { generation freshUntil closedThrough } generations { id state activatedAt } }");
        var own = await api.QueryAsync("{ freshness { generation } }", "publisher:publisher-1");

        AssertData(
            """{"freshness":{"generation":3,"freshUntil":"2026-04-01T10:00:00+00:00","closedThrough":null},"generations":[{"id":1,"state":"retired","activatedAt":null},{"id":3,"state":"active","activatedAt":null}]}""",
            answer);
        Assert.Equal(3, own.GetProperty("data").GetProperty("freshness").GetProperty("generation").GetInt32());
    }

    [Theory]
    [InlineData("{ generations { id } }")]
    [InlineData("{ verdicts(startTime: \"2026-03-01\") { rows { reason clicks } } }")]
    public async Task What_is_over_all_advertisers_is_for_analysts(string query)
    {
        foreach (var key in (string[])["advertiser:advertiser-1", "publisher:publisher-1"]) Assert.Equal("FORBIDDEN", Extension(await api.QueryAsync(query, key), "code"));
    }

    [Fact]
    public async Task A_wrong_range_of_verdicts_names_the_argument()
    {
        var refused = await api.QueryAsync("{ verdicts(startTime: \"2026-03-01\", granularity: MINUTE) { rows { clicks } } }");

        Assert.Equal("granularity", Extension(refused, "parameter"));
    }

    private static void AssertData(string expected, JsonElement answer) =>
        Assert.True(answer.TryGetProperty("data", out var data) && JsonElement.DeepEquals(JsonElement.Parse(expected), data), answer.GetRawText());

    private static string? Extension(JsonElement answer, string name) =>
        answer.GetProperty("errors")[0].GetProperty("extensions").GetProperty(name).GetString();
}
