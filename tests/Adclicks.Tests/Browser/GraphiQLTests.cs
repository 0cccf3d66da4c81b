using static Microsoft.Playwright.Assertions;

namespace Adclicks.Tests.Browser;

[Collection(nameof(BrowserTests))]
public sealed class GraphiQLTests(BrowserFixture fixture)
{
    [Fact]
    public async Task A_query_can_be_tried_with_a_key_and_nobody_else_is_asked()
    {
        await using var watched = await fixture.OpenAsync();
        var page = watched.Page;
        var asked = new List<string>();
        page.Request += (_, request) => asked.Add(request.Url);
        await page.GotoAsync(fixture.Url + "/graphql");
        await page.WaitForSelectorAsync(".graphiql-editor-tool .graphiql-editor:not(.hidden) .CodeMirror");
        await SetAsync(".graphiql-editor-tool .graphiql-editor:not(.hidden)", $$"""{ "X-Api-Key": "{{fixture.AnalystKey}}" }""");
        await SetAsync(".graphiql-query-editor", "{ freshness { generation } }");

        await page.ClickAsync(".graphiql-execute-button");

        await Expect(page.Locator(".result-window")).ToContainTextAsync("\"generation\": 1");
        Assert.All(asked.Where(url => !url.StartsWith("data:", StringComparison.Ordinal)), url => Assert.StartsWith(fixture.Url, url, StringComparison.Ordinal));

        // Before there is a key, the schema is refused; the page says so and the browser notes it.
        Assert.All(watched.Complaints, complaint => Assert.Contains("401", complaint, StringComparison.Ordinal));

        Task SetAsync(string pane, string text) => page.EvaluateAsync(
            "([pane, text]) => document.querySelector(pane + ' .CodeMirror').CodeMirror.setValue(text)",
            new[] { pane, text });
    }
}
