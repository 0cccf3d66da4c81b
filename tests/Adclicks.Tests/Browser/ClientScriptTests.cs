using Microsoft.Playwright;

namespace Adclicks.Tests.Browser;

/// <summary><c>adclicks.js</c> on a site of another origin.</summary>
[Collection(nameof(BrowserTests))]
public sealed class ClientScriptTests(BrowserFixture fixture)
{
    private const string Left = "left", Middle = "middle", Enter = "enter";

    private string Script => $"<script src='{fixture.Url}/track/adclicks.js' data-publisher-id=the-site></script>";

    [Theory]
    [InlineData(Left)]
    [InlineData(Middle)]
    [InlineData(Enter)]
    public async Task A_click_on_a_link_is_counted_and_leads_where_the_link_leads(string how)
    {
        await using var watched = await fixture.OpenAsync();
        var (page, ad) = (watched.Page, "link-" + how);
        await using var site = await AdSite.StartAsync($"{Script}<div data-campaign-id=shoes><a href=/shop data-ad-id={ad}><b>Shoes</b></a></div>");
        await page.GotoAsync(site.Url);

        if (how == Middle)
        {
            var shop = await page.Context.RunAndWaitForPageAsync(() => page.ClickAsync("b", new() { Button = MouseButton.Middle }));
            await Assertions.Expect(shop).ToHaveURLAsync(site.Url + "shop");
        }
        else
        {
            if (how == Left) await page.ClickAsync("b");
            else await page.PressAsync("a", "Enter");
            await Assertions.Expect(page).ToHaveURLAsync(site.Url + "shop");
        }

        var row = await fixture.ClicksOnAsync(ad, 1);
        Assert.Equal("shoes", row.GetProperty("campaign_id").GetString());
        Assert.Equal("the-site", row.GetProperty("publisher_id").GetString());
        Assert.Empty(watched.Complaints);
    }

    [Theory]
    [InlineData("beacon", "")]
    [InlineData("full", "navigator.sendBeacon = () => false;")]
    [InlineData("fetch", "navigator.sendBeacon = undefined;")]
    [InlineData("pixel", "navigator.sendBeacon = undefined; window.fetch = undefined;")]
    [InlineData("broken", "navigator.sendBeacon = () => false; window.fetch = () => Promise.reject(new TypeError());")]
    public async Task A_click_that_a_script_reports_is_counted_by_what_the_browser_has(string name, string without)
    {
        await using var watched = await fixture.OpenAsync();
        await using var site = await AdSite.StartAsync(Script);
        await watched.Page.GotoAsync(site.Url);

        await watched.Page.EvaluateAsync($"() => {{ {without} adclicks.click({{ ad_id: 'script-{name}', campaign_id: 'shoes' }}); }}");

        await fixture.ClicksOnAsync("script-" + name, 1);
        Assert.Empty(watched.Complaints);
    }

    [Fact]
    public async Task A_click_that_is_sent_as_an_image_says_all_and_does_not_load_where_the_ad_leads()
    {
        await using var watched = await fixture.OpenAsync();
        await using var site = await AdSite.StartAsync(Script);
        await watched.Page.GotoAsync(site.Url);

        var sent = await watched.Page.RunAndWaitForRequestAsync(
            () => watched.Page.EvaluateAsync("() => { navigator.sendBeacon = window.fetch = undefined; adclicks.click({ ad_id: 'image', campaign_id: 'shoes', placement: 'pre-roll' }); }"),
            request => request.Url.Contains("/track/click?", StringComparison.Ordinal));

        Assert.Contains("&p.placement=pre-roll", sent.Url, StringComparison.Ordinal);
        Assert.Contains("&referrer_url=" + Uri.EscapeDataString(site.Url), sent.Url, StringComparison.Ordinal);
        Assert.Equal(204, (await sent.ResponseAsync())?.Status);
    }

    [Fact]
    public async Task A_click_inside_a_component_is_counted()
    {
        await using var watched = await fixture.OpenAsync();
        await using var site = await AdSite.StartAsync($"{Script}<p id=host></p>");
        await watched.Page.GotoAsync(site.Url);
        await watched.Page.EvaluateAsync("() => host.attachShadow({ mode: 'open' }).innerHTML = '<button data-ad-id=inside data-campaign-id=c>Shoes</button>'");

        await watched.Page.ClickAsync("button");

        await fixture.ClicksOnAsync("inside", 1);
    }

    [Fact]
    public async Task A_click_that_no_person_made_is_not_counted()
    {
        await using var watched = await fixture.OpenAsync();
        await using var site = await AdSite.StartAsync($"{Script}<a href='#there' data-ad-id=forged data-campaign-id=c>Shoes</a><a href='#here' data-ad-id=real data-campaign-id=c>Boots</a>");
        var page = watched.Page;
        await page.GotoAsync(site.Url);
        var sent = new List<string>();
        page.Request += (_, request) => sent.Add(request.PostData ?? "");

        await page.EvaluateAsync("() => document.querySelector('a').click()");
        await page.ClickAsync("a", new() { Button = MouseButton.Right });
        await page.ClickAsync("a >> nth=1");

        await fixture.ClicksOnAsync("real", 1);
        Assert.DoesNotContain(sent, body => body.Contains("forged", StringComparison.Ordinal));
    }
}
