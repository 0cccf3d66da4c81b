using Adclicks.Ingestion.Tests.Support;

namespace Adclicks.Ingestion.Tests.Enrichment;

public sealed class DeviceTests : IDisposable
{
    private const string WindowsChrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36";
    private const string AndroidChrome = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Mobile Safari/537.36";
    private const string AndroidDesktopSite = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36";
    private const string OldChrome = "Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/87.0.4280.141 Safari/537.36";

    private static readonly (string Device, string UserAgent)[] _agents =
    [
        ("desktop", WindowsChrome),
        ("desktop", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"),
        ("desktop", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15"),
        ("desktop", "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"),
        ("desktop", "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/127.0.0.0 Safari/537.36"),
        ("desktop", "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; Tablet PC 2.0; InfoPath.2)"),
        ("desktop", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/127.0.0.0 Safari/537.36 Edg/127.0.2651.74"),
        ("mobile", AndroidChrome),
        ("mobile", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"),
        ("mobile", "Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0"),
        ("mobile", "Mozilla/5.0 (Linux; Android 13; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36"),
        ("mobile", "Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/52.0.2743.116 Mobile Safari/537.36 Edge/15.15063"),
        ("mobile", "Opera/9.80 (J2ME/MIDP; Opera Mini/9.80 (S60; SymbOS; Opera Mobi/23.348; U; en) Presto/2.5.25 Version/10.54"),
        ("mobile", "Mozilla/5.0 (Linux; Tizen 2.3; SAMSUNG SM-Z130H) AppleWebKit/537.3 (KHTML, like Gecko) SamsungBrowser/1.0 Mobile Safari/537.3"),
        ("mobile", "Mozilla/5.0 (PlayStation Vita 3.73) AppleWebKit/537.73 (KHTML, like Gecko) Silk/3.2"),
        ("tablet", "Mozilla/5.0 (iPad; CPU OS 12_5_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1.2 Mobile/15E148 Safari/604.1"),
        ("tablet", "Mozilla/5.0 (Linux; Android 12; SM-X906C) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/80.0.3987.119 Safari/537.36"),
        ("tablet", "Mozilla/5.0 (Android 14; Tablet; rv:128.0) Gecko/128.0 Firefox/128.0"),
        ("tablet", "Mozilla/5.0 (Linux; Android 9; KFTRWI) AppleWebKit/537.36 (KHTML, like Gecko) Silk/126.4.1 like Chrome/126.0.6478.186 Safari/537.36"),
        ("tablet", "Mozilla/5.0 (X11; U; Linux armv7l like Android; en-us) AppleWebKit/531.2+ (KHTML, like Gecko) Version/5.0 Safari/533.2+ Kindle/3.0+"),
        ("tv", "Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) 76.0.3809.146/6.0 TV Safari/537.36"),
        ("tv", "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/79.0.3945.79 Safari/537.36 WebAppManager"),
        ("tv", "Mozilla/5.0 (Linux; Android 11; AFTKA Build/RS8101.1849N; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/98.0.4758.136 Mobile Safari/537.36"),
        ("tv", "Mozilla/5.0 (X11; Linux armv7l) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/90.0.4430.225 Safari/537.36 CrKey/1.56.500000"),
        ("tv", "Roku/DVP-9.10 (519.10E04111A)"),
        ("tv", "Mozilla/5.0 (PlayStation; PlayStation 5/6.50) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.4 Safari/605.1.15"),
        ("tv", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox One) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99.0.4844.51 Safari/537.36 Edge/44.18363.8131"),
        ("tv", "HbbTV/1.2.1 (;Panasonic;VIERA 2013;3.672;4101-0003 0002-0000;)"),
        ("bot", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
        ("bot", "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/127.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1)"),
        ("other", "python-requests/2.32.3"),
        ("other", "curl/8.5.0"),
    ];

    private static readonly (string UserAgent, string Platform, string Version, string Mobile, string Expected)[] _hinted =
    [
        (WindowsChrome, "\"Windows\"", "\"15.0.0\"", "?0", "Windows 11 desktop"),
        (WindowsChrome, "\"Windows\"", "\"10.0.0\"", "?0", "Windows 10 desktop"),
        (WindowsChrome, "\"Windows\"", "", "?0", "Windows desktop"),
        (WindowsChrome, "\"Windows\"", "nonsense", "?0", "Windows desktop"),
        (WindowsChrome, "", "", "", "Windows desktop"),
        (AndroidDesktopSite, "\"Android\"", "\"14.0.0\"", "?1", "Android mobile"),
        (AndroidDesktopSite, "\"Android\"", "\"14.0.0\"", "?0", "Android tablet"),
        (AndroidChrome, "\"Chrome OS\"", "\"14541.0.0\"", "?0", "Chrome OS desktop"),
        (AndroidChrome, "\"Fuchsia\"", "", "", "Linux mobile"),
        (OldChrome, "\"Android\"", "\"14.0.0\"", "?1", "Windows desktop"), // Not frozen: it tells itself.
    ];

    private readonly string _directory = Directory.CreateTempSubdirectory("adclicks-agents-").FullName;

    [Fact]
    public async Task Kinds_of_devices_are_told_apart()
    {
        await using var server = await StartAsync();
        for (var i = 0; i < _agents.Length; i++) (await server.GetAsync($"?ad_id=a{i}&campaign_id=c", headers: [("User-Agent", _agents[i].UserAgent)])).Dispose();
        var found = (await server.ClicksAsync()).ToDictionary(c => c.AdId, c => c.DeviceType);
        Assert.All(_agents.Index(), agent => Assert.Equal((agent.Item.UserAgent, agent.Item.Device), (agent.Item.UserAgent, found[$"a{agent.Index}"])));
    }

    [Fact]
    public async Task Client_hints_say_what_a_frozen_user_agent_does_not()
    {
        await using var server = await StartAsync();
        for (var i = 0; i < _hinted.Length; i++)
        {
            var (agent, platform, version, mobile, _) = _hinted[i];
            using var response = await server.GetAsync($"?ad_id=a{i}&campaign_id=c", headers:
                [("User-Agent", agent), ("Sec-CH-UA-Platform", platform), ("Sec-CH-UA-Platform-Version", version), ("Sec-CH-UA-Mobile", mobile)]);
            Assert.Equal(["Sec-CH-UA-Platform, Sec-CH-UA-Platform-Version, Sec-CH-UA-Mobile"], response.Headers.GetValues("Accept-CH"));
        }

        var found = (await server.ClicksAsync()).ToDictionary(c => c.AdId, c => $"{c.Os} {c.DeviceType}");
        Assert.All(_hinted.Index(), hinted => Assert.Equal((hinted.Index, hinted.Item.Expected), (hinted.Index, found[$"a{hinted.Index}"])));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>With lists in the forms of uap-core and of crawler-user-agents, as short as the test needs them.</summary>
    private async Task<TrackingServer> StartAsync()
    {
        var (rules, crawlers) = (Path.Combine(_directory, "regexes.yaml"), Path.Combine(_directory, "crawlers.json"));
        await File.WriteAllTextAsync(rules, """
            user_agent_parsers:
              - regex: '(Chrome)/(\d+)'
            os_parsers:
              - regex: '(Windows) NT'
              - regex: '(Linux)'
            """, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(crawlers, """[{"pattern": "Googlebot\\/"}]""", TestContext.Current.CancellationToken);
        return await TrackingServer.StartAsync(("Ingestion:UserAgentRules", rules), ("Ingestion:CrawlerList", crawlers));
    }
}
