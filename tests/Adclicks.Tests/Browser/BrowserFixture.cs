using System.Net.Http.Json;
using System.Text.Json;
using Adclicks.Support.Postgres;
using Adclicks.Tests.EndToEnd;
using Microsoft.Playwright;

namespace Adclicks.Tests.Browser;

/// <summary>
/// One <c>adclicks up</c> and one browser for all tests of the pages. Where there is no Chromium, nothing is started and
/// each of them is skipped.
/// </summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("adclicks-browser-").FullName;
    private TestDatabase _database = null!;
    private AdclicksProcess _up = null!;
    private ChromiumBrowser _chromium = null!;

    /// <summary>Where it listens, without a slash at the end.</summary>
    public string Url => _up.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);

    public string AnalystKey => _up.AnalystKey;

    public async ValueTask InitializeAsync()
    {
        if (ChromiumBrowser.Path is null) return;
        _database = await TestPostgres.CreateDatabaseAsync();
        _up = await AdclicksProcess.UpAsync(_folder, _database.ConnectionString);
        _chromium = await ChromiumBrowser.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_chromium is not null) await _chromium.DisposeAsync();
        if (_up is not null) await _up.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A page in a context of its own; skips the test where there is no browser.</summary>
    public async Task<WatchedPage> OpenAsync(int width = 1280, int height = 900, ColorScheme colors = ColorScheme.Light)
    {
        if (ChromiumBrowser.Path is null) Assert.Skip("There is no Chromium; ADCLICKS_TEST_BROWSER can name one.");
        return await WatchedPage.OpenAsync(_chromium.Browser, width, height, colors);
    }

    /// <summary>A new key that sees what is an advertiser's.</summary>
    public async Task<string> AdvertiserKeyAsync(string advertiser)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/admin/keys") { Content = JsonContent.Create(new { name = advertiser, role = "advertiser", advertiser_id = advertiser }) };
        request.Headers.Add("X-Api-Key", _up.AdminKey);
        using var response = await _up.Http.SendAsync(request, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("key").GetString()!;
    }

    /// <summary>Sends clicks as a partner does, one JSON object a line.</summary>
    public async Task SendAsync(string lines) => Assert.NotNull(await _up.SendAsync(lines));

    /// <summary>The gross clicks on an ad in the last hour, once there are that many.</summary>
    public async Task<JsonElement> ClicksOnAsync(string ad, int count)
    {
        var filters = Uri.EscapeDataString(JsonSerializer.Serialize(new Dictionary<string, string> { ["ad_id"] = ad }));
        var from = DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeMilliseconds();
        var rows = await _up.UntilReportedAsync($"breakdown?start_time={from}&dimensions=ad_id,campaign_id,publisher_id&metrics=gross_click_count&filters={filters}", count);
        return rows[0];
    }
}

/// <summary>The tests that share it, one after the other.</summary>
[CollectionDefinition(nameof(BrowserTests))]
public sealed class BrowserTests : ICollectionFixture<BrowserFixture>;
