using System.Text.Json;

namespace Adclicks.Load;

/// <summary>
/// Made-up clicks that look like those of a small network: days and nights, a few ads that most people click, robots
/// (4 in 100), and people who click twice (4 in 100). The same seed makes the same clicks at other times.
/// </summary>
/// <param name="count">How many.</param>
/// <param name="days">Over how many days up to now, in order; 0: each when it is sent.</param>
/// <param name="seed">Which clicks.</param>
/// <param name="time">What tells now.</param>
internal sealed class SampleClicks(long count, int days, ulong seed, TimeProvider time)
{
    private const double TwiceShare = 0.04, VisitorsPerClick = 0.6;
    private const int HourMs = 3_600_000, TwiceAfterMs = 2_500, HoursPerDay = 24;

    private static readonly Weights Ads = Weights.Zipf(SampleMarket.Ads.Length), Publishers = Weights.Zipf(SampleMarket.Publishers.Length), Homes = Weights.Zipf(SampleMarket.Homes.Length);
    private static readonly Weights Agents = new(SampleMarket.Agents.Select(agent => (double)agent.Weight));

    private readonly long _endMs = time.GetUtcNow().ToUnixTimeMilliseconds();
    private readonly Weights _hours = new(Hours(time.GetUtcNow(), days, seed));

    /// <summary>How many there are.</summary>
    public long Count => count;

    /// <summary>Writes a click as the HTTP API takes it.</summary>
    public void Write(long index, Utf8JsonWriter json)
    {
        var isTwice = index > 0 && Numbers(index).Next() < TwiceShare;
        var random = Numbers(isTwice ? index - 1 : index);
        random.Next();
        var (ad, campaign, advertiser) = SampleMarket.Ads[Ads.At(random.Next())];
        var publisher = SampleMarket.Publishers[Publishers.At(random.Next())];
        var visitor = random.Next((int)Math.Clamp(count * VisitorsPerClick, 1, int.MaxValue));
        json.WriteStartObject();
        json.WriteString("event_id", $"load-{seed:x}-{_endMs:x}-{index}");
        json.WriteNumber("timestamp_ms", isTwice ? Math.Min(TimeMs(index - 1) + TwiceAfterMs, time.GetUtcNow().ToUnixTimeMilliseconds()) : TimeMs(index));
        json.WriteString("ad_id", ad);
        json.WriteString("campaign_id", campaign);
        json.WriteString("advertiser_id", advertiser);
        json.WriteString("publisher_id", publisher);
        WriteVisitor(visitor, json);
        json.WriteEndObject();
    }

    private void WriteVisitor(int visitor, Utf8JsonWriter json)
    {
        var own = new SplitMix(~seed ^ ((ulong)visitor << 20));
        var (country, region, city) = SampleMarket.Homes[Homes.At(own.Next())];
        json.WriteString("user_id", $"visitor-{visitor}");
        json.WriteString("user_agent", SampleMarket.Agents[Agents.At(own.Next())].UserAgent);
        json.WriteString("ip_address", $"198.{18 + own.Next(2)}.{own.Next(256)}.{1 + own.Next(254)}");
        json.WriteString("geo_country", country);
        json.WriteString("geo_region", region);
        json.WriteString("geo_city", city);
    }

    private long TimeMs(long index) => days == 0
        ? time.GetUtcNow().ToUnixTimeMilliseconds()
        : _endMs - ((long)days * HoursPerDay * HourMs) + (long)(_hours.Through((double)index / count) * HourMs);

    private SplitMix Numbers(long index) => new((seed << 32) + (ulong)index);

    /// <summary>How much is clicked in each hour of the range; no two days are the same.</summary>
    private static IEnumerable<double> Hours(DateTimeOffset end, int days, ulong seed)
    {
        var random = new SplitMix(seed);
        for (var hour = 0; hour < Math.Max(1, days * HoursPerDay); hour++)
            yield return SampleMarket.Hours[end.AddDays(-days).AddHours(hour).Hour] * (0.8 + (0.4 * random.Next()));
    }
}
