using System.Net;
using System.Text;
using Adclicks.Domain.Access;
using Adclicks.Domain.Redirects;
using Adclicks.Ingestion.Redirects;
using Adclicks.Ingestion.Tests.Support;

namespace Adclicks.Ingestion.Tests.Endpoints;

/// <summary>Where a click URL leads, as a browser sees it; the rules themselves are tested beside <see cref="RedirectPolicy"/>.</summary>
public sealed class RedirectTests : IDisposable
{
    private const string Registered = "https://shop.test/?click={click_id}&ad={ad_id}&c={campaign_id}&p={publisher_id}";
    private const string Elsewhere = "https://elsewhere.test/x";
    private readonly string _directory = Directory.CreateTempSubdirectory("adclicks-redirects-").FullName;
    private UrlKeyFile _keys = new UrlKeyFile([]).Rotate(DateTimeOffset.UnixEpoch);

    private string KeyPath => UrlKeyFile.PathIn(_directory);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_visitor_is_sent_on_when_the_click_is_in_the_log()
    {
        await using var server = await StartAsync();
        using var response = await server.GetAsync("?ad_id=a&campaign_id=c&publisher_id=p%26q");
        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        var click = Assert.Single(await server.ClicksAsync(), c => c.AdId == "a");
        Assert.Equal($"https://shop.test/?click={click.EventId}&ad=a&c=c&p=p%26q", LocationOf(response));
        Assert.Equal(["no-store"], response.Headers.GetValues("Cache-Control"));
        Assert.Equal(["no-referrer"], response.Headers.GetValues("Referrer-Policy"));
        Assert.False(response.Headers.Contains("X-Click-Recorded"));
    }

    [Theory]
    [InlineData("HEAD", "", "", "head")]
    [InlineData("GET", "Sec-Purpose", "prefetch", "prefetch")]
    [InlineData("GET", "Sec-Purpose", "prefetch;prerender", "prefetch")]
    public async Task What_is_no_click_is_sent_on_uncounted(string method, string header, string value, string reason)
    {
        await using var server = await StartAsync();
        using var refused = new CountedReasons("adclicks.ingestion.clicks.refused");
        using var response = await server.GetAsync("?ad_id=a&campaign_id=c", HttpMethod.Parse(method), header.Length > 0 ? [(header, value)] : []);
        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.True(refused.Of(reason) > 0);
        Assert.DoesNotContain(await server.ClicksAsync(), c => c.AdId == "a");
    }

    [Theory]
    [InlineData("HEAD", "", "")]
    [InlineData("GET", "Sec-Purpose", "prefetch;prerender")]
    [InlineData("GET", "", "", "&impression_id=")]
    public async Task What_is_not_a_click_uses_no_nonce(string method, string header, string value, string tooLong = "")
    {
        await using var server = await StartAsync();
        var url = Signed(Elsewhere, nonce: "n1");
        var more = tooLong.Length > 0 ? tooLong + new string('x', 200) : "";
        using var before = await server.GetAsync(url + more, HttpMethod.Parse(method), header.Length > 0 ? [(header, value)] : []);

        using var response = await server.GetAsync(url);

        Assert.Equal("", Assert.Single(await server.ClicksAsync(), c => c.AdId == "a").IngestMark);
    }

    [Theory]
    [InlineData("%2F", 1_000)]
    [InlineData("%E2%82%AC", 400)]
    public async Task Macros_that_make_a_target_long_keep_nobody_from_it(string character, int times)
    {
        await using var server = await StartAsync();
        await PutAsync(server, "ads/long", """{"campaign_id": "c", "target_url": "https://shop.test/?c={click_id}&p={publisher_id}&q={publisher_id}"}""");

        using var response = await server.GetAsync($"?ad_id=long&campaign_id=c&publisher_id={string.Concat(Enumerable.Repeat(character, times))}");

        var click = Assert.Single(await server.ClicksAsync(), c => c.AdId == "long");
        var isKept = 2 * times * character.Length < 8_000;
        Assert.Equal($"https://shop.test/?c={click.EventId}&p={(isKept ? string.Concat(Enumerable.Repeat(character, times)) : "")}&q={(isKept ? string.Concat(Enumerable.Repeat(character, times)) : "")}", LocationOf(response));
    }

    [Theory]
    [InlineData("a", "v", "")]
    [InlineData("nobody's", "v", "")]
    [InlineData("nobody's", "nobody", "nobody")]
    public async Task Who_has_no_key_names_no_registered_advertiser(string ad, string claimed, string recorded)
    {
        await using var server = await StartAsync();
        using var response = await server.GetAsync($"?ad_id={Uri.EscapeDataString(ad)}&campaign_id=c&advertiser_id={claimed}");

        Assert.Equal(recorded, Assert.Single(await server.ClicksAsync(), c => c.AdId == ad).AdvertiserId);
    }

    [Fact]
    public async Task The_second_use_of_a_nonce_is_a_marked_click_and_sent_on_all_the_same()
    {
        await using var server = await StartAsync();
        using var marked = new CountedReasons("adclicks.ingestion.clicks.marked");
        for (var use = 0; use < 2; use++)
        {
            using var response = await server.GetAsync(Signed(Elsewhere, nonce: "n1"));
            Assert.Equal((HttpStatusCode.Found, Elsewhere), (response.StatusCode, LocationOf(response)));
        }

        Assert.Equal(["", "duplicate_nonce"], (await server.ClicksAsync()).Where(c => c.AdId == "a").Select(c => c.IngestMark).Order(StringComparer.Ordinal));
        Assert.True(marked.Of("duplicate_nonce") > 0);
    }

    [Fact]
    public async Task A_url_signed_before_the_keys_were_rotated_goes_on_leading_where_it_says()
    {
        await using var server = await StartAsync();
        var signed = Signed(Elsewhere);
        _keys = _keys.Rotate(DateTimeOffset.UnixEpoch);
        _keys.Save(KeyPath);
        foreach (var url in new[] { signed, Signed(Elsewhere) })
        {
            HttpResponseMessage response;
            // The file is looked at once a second.
            for (var tries = 0; LocationOf(response = await server.GetAsync(url)) != Elsewhere; tries++)
            {
                response.Dispose();
                Assert.InRange(tries, 0, 20_000);
            }

            response.Dispose();
        }
    }

    [Theory]
    [InlineData("x", false, "bad_signature")]
    [InlineData("", true, "expired_signature")]
    public async Task A_bad_or_old_signature_leads_to_the_registered_target_uncounted(string added, bool isOld, string reason)
    {
        await using var server = await StartAsync();
        using var refused = new CountedReasons("adclicks.ingestion.clicks.refused");
        using var response = await server.GetAsync(Signed(Elsewhere, isOld: isOld) + added);
        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.StartsWith("https://shop.test/", LocationOf(response), StringComparison.Ordinal);
        Assert.True(refused.Of(reason) > 0);
        Assert.DoesNotContain(await server.ClicksAsync(), c => c.AdId == "a");
    }

    [Theory]
    [InlineData("https://elsewhere.test/", "target_not_allowed")]
    [InlineData("https://friend.test.elsewhere.test/", "target_not_allowed")]
    [InlineData("//elsewhere.test/", "target_malformed")]
    [InlineData("javascript:alert(1)", "target_malformed")]
    [InlineData("data:text/html,x", "target_malformed")]
    [InlineData("https://friend.test/\r\nSet-Cookie: a=b", "target_malformed")]
    [InlineData("https://friend.test/\nx", "target_malformed")]
    public async Task It_is_no_open_redirect(string target, string reason)
    {
        await using var server = await StartAsync();
        using var refused = new CountedReasons("adclicks.ingestion.clicks.refused");
        using var response = await server.GetAsync($"?ad_id=a&campaign_id=c&redirect_url={Uri.EscapeDataString(target)}");
        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.StartsWith("https://shop.test/", LocationOf(response), StringComparison.Ordinal);
        Assert.False(response.Headers.Contains("Set-Cookie"));
        Assert.True(refused.Of(reason) > 0);
        using var nowhere = await server.GetAsync($"?ad_id=unregistered&campaign_id=c&redirect_url={Uri.EscapeDataString(target)}");
        Assert.Equal(HttpStatusCode.BadRequest, nowhere.StatusCode);
        Assert.DoesNotContain(await server.ClicksAsync(), c => c.CampaignId == "c");
    }

    [Theory]
    [InlineData("click_id=%0d%0aSet-Cookie:%20a=b&publisher_id=%0d%0aSet-Cookie:%20a=b")]
    [InlineData("publisher_id=%e2%80%a8%c2%85x")]
    public async Task Values_that_go_into_a_target_break_no_header(string values)
    {
        await using var server = await StartAsync();
        using var response = await server.GetAsync("?ad_id=a&campaign_id=c&" + values);
        Assert.False(response.Headers.Contains("Set-Cookie"));
        Assert.True(response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Found);
        if (response.StatusCode == HttpStatusCode.Found) Assert.All(LocationOf(response), c => Assert.InRange(c, '!', '~'));
    }

    [Fact]
    public async Task An_allowed_host_is_followed()
    {
        await using var server = await StartAsync();
        using var response = await server.GetAsync($"?ad_id=a&campaign_id=c&redirect_url={Uri.EscapeDataString("https://www.friend.test/y")}");
        Assert.Equal("https://www.friend.test/y", LocationOf(response));
        Assert.Contains(await server.ClicksAsync(), c => c.AdId == "a");
    }

    private static string LocationOf(HttpResponseMessage response) => Assert.Single(response.Headers.GetValues("Location"));

    private string Signed(string target, string nonce = "", bool isOld = false)
    {
        var key = _keys.Keys[^1];
        var url = new SignedUrl("a", "", target, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + (isOld ? -60 : 3600), key.Id, nonce);
        return $"?ad_id=a&campaign_id=c&redirect_url={Uri.EscapeDataString(target)}&exp={url.ExpiresAt}&kid={key.Id}&nonce={nonce}&sig={url.Sign(key.Key)}";
    }

    private async Task<TrackingServer> StartAsync()
    {
        _keys.Save(KeyPath);
        var server = await TrackingServer.StartAsync(("Ingestion:Redirects:KeyFile", KeyPath));
        await PutAsync(server, "advertisers/v", """{"allowed_redirect_hosts": ["friend.test"]}""");
        await PutAsync(server, "campaigns/c", """{"advertiser_id": "v"}""");
        await PutAsync(server, "ads/a", $$"""{"campaign_id": "c", "target_url": "{{Registered}}"}""");
        return server;
    }

    private static async Task PutAsync(TrackingServer server, string item, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/reference/" + item) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Role", Roles.Admin);
        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }
}
