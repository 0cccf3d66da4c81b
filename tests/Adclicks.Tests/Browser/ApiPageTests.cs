using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Adclicks.Tests.Browser;

[Collection(nameof(BrowserTests))]
public sealed class ApiPageTests(BrowserFixture fixture)
{
    [Fact]
    public async Task It_lists_the_endpoints_and_asks_nobody_else()
    {
        await using var watched = await fixture.OpenAsync();
        var page = watched.Page;
        var asked = new List<string>();
        page.Request += (_, request) => asked.Add(request.Url);
        await page.GotoAsync(fixture.Url + "/docs");

        foreach (var path in new[] { "/track/click", "/track/click_event", "/track/click_events", "/reports/clicks/timeseries", "/reports/clicks/stream" })
            await Expect(page.Locator($".opblock-summary-path[data-path='{path}']").First).ToBeVisibleAsync();
        Assert.All(asked.Where(url => !url.StartsWith("data:", StringComparison.Ordinal)), url => Assert.StartsWith(fixture.Url, url, StringComparison.Ordinal));
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task A_report_can_be_tried_with_a_key()
    {
        await using var watched = await fixture.OpenAsync();
        var page = watched.Page;
        await page.GotoAsync(fixture.Url + "/docs");
        await page.ClickAsync(".authorize");
        var byHeader = page.Locator(".auth-container", new() { HasText = "X-Api-Key" });
        await byHeader.Locator("input").FillAsync(fixture.AnalystKey);
        await byHeader.Locator(".authorize").ClickAsync();
        await byHeader.Locator(".btn-done").ClickAsync();

        var totals = page.Locator(".opblock-get", new() { Has = page.Locator("[data-path='/reports/clicks/totals']") });
        await totals.Locator(".opblock-summary-control").ClickAsync();
        await totals.GetByRole(AriaRole.Button, new() { Name = "Execute" }).ClickAsync();

        await Expect(totals.Locator(".live-responses-table .response-col_status").Last).ToContainTextAsync("200");
    }
}
