using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Adclicks.Tests.Browser;

[Collection(nameof(BrowserTests))]
public sealed partial class DashboardTests(BrowserFixture fixture)
{
    [Fact]
    public async Task A_click_on_an_ad_raises_the_numbers_without_a_reload()
    {
        // Enough to be among the campaigns shown, whichever tests came before.
        await fixture.SendAsync(Clicks("rising", 5));
        await using var watched = await SignInAsync();
        var page = watched.Page;
        await Expect(Value(page, "campaign_id", "rising").Locator(".count")).ToHaveTextAsync("5");
        await page.EvaluateAsync("() => { window.isSamePage = true; }");
        var (counted, live) = (await NumberAsync(Tile(page, "Clicks")), await NumberAsync(page.Locator("#today")));

        await using var site = await AdSite.StartAsync($"<a href='{fixture.Url}/track/click?ad_id=seen&campaign_id=rising'>Shoes</a>");
        var visitor = await page.Context.NewPageAsync();
        await visitor.GotoAsync(site.Url);
        await visitor.ClickAsync("a");
        await page.BringToFrontAsync();

        await Expect(page.Locator("#today")).ToHaveTextAsync($"{live + 1}");
        await Expect(Tile(page, "Clicks")).ToHaveTextAsync($"{counted + 1}");
        await Expect(page.Locator("#arrivals li")).Not.ToHaveCountAsync(0);
        await Expect(Value(page, "campaign_id", "rising").Locator(".count")).ToHaveTextAsync("6");
        await Expect(page.Locator("#freshness")).ToHaveTextAsync("Live");
        Assert.True(await page.EvaluateAsync<bool>("() => window.isSamePage"));
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task Pressing_a_value_filters_everything_by_it_until_its_chip_is_pressed()
    {
        await fixture.SendAsync(Clicks("filtered", 3) + Clicks("other", 5));
        await using var watched = await SignInAsync();
        var page = watched.Page;
        await Value(page, "campaign_id", "filtered").ClickAsync();

        await Expect(Tile(page, "Clicks")).ToHaveTextAsync("3");
        await Expect(page.Locator("[data-dimension=ad_id] .bars button")).ToHaveCountAsync(1);
        await Expect(page.Locator("#today")).ToHaveTextAsync("3");
        await Expect(Value(page, "campaign_id", "other")).ToBeVisibleAsync();

        await page.ReloadAsync();
        await Expect(Tile(page, "Clicks")).ToHaveTextAsync("3");

        await page.Locator("#chips button").ClickAsync();
        await Expect(Tile(page, "Clicks")).Not.ToHaveTextAsync("3");
        await Expect(page.Locator("#chips")).ToBeHiddenAsync();
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task The_keyboard_is_enough()
    {
        await fixture.SendAsync(Clicks("keyed", 4));
        await using var watched = await fixture.OpenAsync();
        var page = watched.Page;
        await page.GotoAsync(fixture.Url);
        await page.Keyboard.TypeAsync(fixture.AnalystKey);
        await page.Keyboard.PressAsync("Enter");
        await LoadedAsync(page);

        await TabToAsync(page, "#chart");
        await page.Keyboard.PressAsync("ArrowLeft");
        await Expect(page.Locator("#chart-said")).ToContainTextAsync("Billable");
        await TabToAsync(page, "[data-dimension=campaign_id] button[value=keyed]");
        await page.Keyboard.PressAsync("Enter");
        await Expect(Tile(page, "Clicks")).ToHaveTextAsync("4");
        await TabToAsync(page, "#chart", backwards: true);
        await page.Keyboard.PressAsync("End");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#chart")).ToHaveAttributeAsync("aria-label", ByMinute());
        await page.GoBackAsync();
        await Expect(page.Locator("#chart")).ToHaveAttributeAsync("aria-label", ByHour());
        Assert.Empty(watched.Complaints);
    }

    [Theory]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    [InlineData(1280, ColorScheme.Dark)]
    public async Task Nothing_is_wider_than_the_window(int width, ColorScheme colors)
    {
        var longName = "noise-cancelling-headphones-" + new string('x', 80);
        await fixture.SendAsync(Clicks(longName, 3));
        await using var watched = await fixture.OpenAsync(width, 844, colors);
        await watched.Page.GotoAsync(fixture.Url);
        Assert.Equal(width, await watched.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));

        await SignInAsync(watched.Page, fixture.AnalystKey);
        await Expect(Value(watched.Page, "campaign_id", longName)).ToBeVisibleAsync();
        await watched.Page.ClickAsync("summary");
        Assert.Equal(width, await watched.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
        Assert.Equal(colors == ColorScheme.Dark ? "dark" : "light", await watched.Page.EvaluateAsync<string>("() => document.documentElement.dataset.theme"));
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task An_advertiser_sees_what_is_theirs()
    {
        await fixture.SendAsync(Clicks("own", 3, advertiser: "acme") + Clicks("foreign", 2, advertiser: "globex"));
        await using var watched = await fixture.OpenAsync();
        var page = watched.Page;
        await page.GotoAsync(fixture.Url);
        await SignInAsync(page, await fixture.AdvertiserKeyAsync("acme"));

        await Expect(Tile(page, "Clicks")).ToHaveTextAsync("3");
        await Expect(page.Locator("#today")).ToHaveTextAsync("3");
        await Expect(Value(page, "campaign_id", "own")).ToBeVisibleAsync();
        await Expect(page.Locator("[data-dimension=campaign_id] .bars button")).ToHaveCountAsync(1);
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task The_series_comes_as_a_file()
    {
        await using var watched = await SignInAsync();
        var download = await watched.Page.RunAndWaitForDownloadAsync(() => watched.Page.ClickAsync("#csv"));

        Assert.Equal("clicks.csv", download.SuggestedFilename);
        using var file = new StreamReader(await download.CreateReadStreamAsync());
        Assert.StartsWith("time,gross_click_count,", await file.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_key_is_refused_and_not_kept()
    {
        await using var watched = await fixture.OpenAsync();
        var page = watched.Page;
        await page.GotoAsync(fixture.Url);
        await page.FillAsync("#key", "wrong");
        await page.PressAsync("#key", "Enter");

        await Expect(page.Locator("#sign-in-error")).ToHaveTextAsync("This key may not read reports.");
        await Expect(page.Locator("#board")).ToBeHiddenAsync();
        Assert.Equal(0, await page.EvaluateAsync<int>("() => sessionStorage.length"));
    }

    private static string Clicks(string campaign, int count, string advertiser = "") => string.Concat(Enumerable.Range(0, count).Select(i =>
        $$"""{"ad_id":"{{campaign}}-ad","campaign_id":"{{campaign}}","advertiser_id":"{{advertiser}}","user_id":"{{campaign}}-{{i}}","timestamp_ms":{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}}""" + "\n"));

    private static ILocator Tile(IPage page, string label) => page.Locator(".tile", new() { Has = page.GetByText(label, new() { Exact = true }) }).Locator("strong");

    private static ILocator Value(IPage page, string dimension, string value) => page.Locator($"[data-dimension={dimension}] button[value={value}]");

    private static async Task<int> NumberAsync(ILocator locator) =>
        int.Parse(await locator.InnerTextAsync(), System.Globalization.NumberStyles.AllowThousands, System.Globalization.CultureInfo.InvariantCulture);

    private static async Task TabToAsync(IPage page, string selector, bool backwards = false)
    {
        const int mostTabs = 120;
        for (var tabs = 0; tabs < mostTabs; tabs++)
        {
            if (await page.EvaluateAsync<bool>("selector => document.activeElement.matches(selector)", selector)) return;
            await page.Keyboard.PressAsync(backwards ? "Shift+Tab" : "Tab");
        }

        Assert.Fail($"The keyboard does not reach {selector}.");
    }

    private static Task LoadedAsync(IPage page) => Expect(page.Locator("#board:not([aria-busy]) #today")).ToHaveTextAsync(Digits());

    private async Task<WatchedPage> SignInAsync()
    {
        var watched = await fixture.OpenAsync();
        await watched.Page.GotoAsync(fixture.Url);
        await SignInAsync(watched.Page, fixture.AnalystKey);
        return watched;
    }

    private static async Task SignInAsync(IPage page, string key)
    {
        await page.FillAsync("#key", key);
        await page.PressAsync("#key", "Enter");
        await LoadedAsync(page);
    }

    [GeneratedRegex("^[0-9,]+$")]
    private static partial Regex Digits();

    [GeneratedRegex("bars by minute")]
    private static partial Regex ByMinute();

    [GeneratedRegex("bars by hour")]
    private static partial Regex ByHour();
}
