using System.Buffers.Binary;
using System.Globalization;
using Adclicks.Domain.Clicks;
using Adclicks.Load;

namespace Adclicks.Bench.Clicks;

/// <summary>
/// Click number i of a deterministic stream over 7 days: 5,000 ads (Zipf) of 500 campaigns of 100 advertisers, 300
/// publishers (Zipf), 2 million visitors (even), each of them at home in one of 5,000 cities (Zipf) of 500 regions of 100
/// countries, with one of 4 devices, 6 systems and 7 browsers.
/// </summary>
internal sealed class GeneratedClicks(long count, DateTimeOffset start)
{
    public const int Ads = 5_000, Campaigns = 500, Advertisers = 100, Publishers = 300, Cities = 5_000, Regions = 500, Countries = 100;
    private const int Visitors = 2_000_000;
    private const double DaysMs = 7 * 86_400_000.0;
    private static readonly string[] Devices = ["mobile", "desktop", "tablet", "tv"];
    private static readonly string[] Systems = ["Android", "Windows", "iOS", "Mac OS X", "Linux", "Chrome OS"];
    private static readonly string[] Browsers = ["Chrome", "Safari", "Edge", "Firefox", "Samsung Internet", "Opera", "Other"];
    private static readonly Weights ZipfAds = Weights.Zipf(Ads), ZipfPublishers = Weights.Zipf(Publishers), ZipfCities = Weights.Zipf(Cities);
    private static readonly Weights ZipfDevices = Weights.Zipf(4), ZipfSystems = Weights.Zipf(6), ZipfBrowsers = Weights.Zipf(7);
    private readonly long _startMs = start.ToUnixTimeMilliseconds();

    public Click this[long index]
    {
        get
        {
            var random = new SplitMix((ulong)index);
            var ad = ZipfAds.At(random.Next());
            var publisher = ZipfPublishers.At(random.Next());
            var visitor = (long)(random.Next() * Visitors);
            var timeMs = _startMs + (long)(index * (DaysMs / count));
            return Of(index, timeMs, ad, publisher, visitor);
        }
    }

    private static Click Of(long index, long timeMs, int ad, int publisher, long visitor)
    {
        var home = new SplitMix((ulong)visitor ^ 0x5DEECE66D);
        var city = ZipfCities.At(home.Next());
        var hash = new byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(hash, visitor * 0x1E3779B97F4A7C15);
        return new Click
        {
            EventId = index.ToString("x16", CultureInfo.InvariantCulture),
            ClickedAtMs = timeMs,
            ServerTimestampMs = timeMs,
            AdId = $"ad-{ad:D4}",
            CampaignId = $"campaign-{ad % Campaigns:D3}",
            AdvertiserId = $"advertiser-{ad % Advertisers:D2}",
            PublisherId = $"publisher-{publisher:D3}",
            VisitorHash = hash,
            IpHash = hash,
            Country = $"C{city % Countries:D2}",
            Region = $"R{city % Regions:D3}",
            City = $"City {city:D4}",
            DeviceType = Devices[ZipfDevices.At(home.Next())],
            Os = Systems[ZipfSystems.At(home.Next())],
            Browser = Browsers[ZipfBrowsers.At(home.Next())],
            ReferrerUrl = "https://news.example/article/12345",
        };
    }
}
