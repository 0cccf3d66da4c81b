using System.Buffers;

namespace Adclicks.Ingestion.Validation;

/// <summary>The limit of one text field.</summary>
/// <param name="Name">On the wire.</param>
/// <param name="Get">Its value.</param>
/// <param name="MaxLength">In characters (UTF-16 units).</param>
/// <param name="Required">Whether it may be absent.</param>
internal sealed record TextLimit(string Name, Func<RawClick, string> Get, int MaxLength, bool Required = false);

/// <summary>
/// The limits of a click, in one place: the quick check of the hot path and the validator that explains a refusal are
/// both made of them.
/// </summary>
internal static class ClickLimits
{
    public const int IdLength = 1024;
    public const int ShortLength = 128;
    public const int UrlLength = 2048;
    public const int UserAgentLength = 1024;
    public const int MaxParams = 32;
    public const int ParamKeyLength = 64;
    public const int ParamValueLength = 512;
    public const int CountryLength = 2;

    private const int ShownLength = 64;

    /// <summary>The end of the year 9999: what a time stamp can hold downstream.</summary>
    public const long MaxTimestampMs = 253_402_300_799_999;

    public static readonly SearchValues<char> Controls =
        SearchValues.Create([.. Enumerable.Range(0, 0xA0).Select(c => (char)c).Where(char.IsControl)]);

    public static readonly TextLimit[] Texts =
    [
        new("ad_id", c => c.AdId, IdLength, Required: true),
        new("campaign_id", c => c.CampaignId, IdLength, Required: true),
        new("event_id", c => c.EventId, ShortLength),
        new("advertiser_id", c => c.AdvertiserId, IdLength),
        new("publisher_id", c => c.PublisherId, IdLength),
        new("user_id", c => c.UserId, 256),
        new("user_agent", c => c.UserAgent, UserAgentLength),
        new("click_url", c => c.ClickUrl, UrlLength),
        new("referrer_url", c => c.ReferrerUrl, UrlLength),
        new("impression_id", c => c.ImpressionId, ShortLength),
        new("geo_region", c => c.GeoRegion, ShortLength),
        new("geo_city", c => c.GeoCity, ShortLength),
        new("device_type", c => c.DeviceType, 32),
        new("os", c => c.Os, ShortLength),
        new("browser", c => c.Browser, ShortLength),
    ];

    /// <summary>The quick check: whether the validator would find nothing. Does not allocate.</summary>
    public static bool AreMetBy(RawClick click)
    {
        if (click.Unreadable is not null) return false;
        foreach (var limit in Texts)
        {
            var text = limit.Get(click);
            if (text.Length == 0 ? limit.Required : text.Length > limit.MaxLength || !IsPrintable(text)) return false;
        }

        return IsTimestamp(click) && IsCountry(click.GeoCountry) && IsAddress(click.IpAddress) && AreParams(click.AdditionalParams);
    }

    /// <summary>No control characters: nothing that could break a header, a log line or a CSV file.</summary>
    public static bool IsPrintable(string text) => text.AsSpan().IndexOfAny(Controls) < 0;

    /// <summary>As much of a sender's text as may be shown: its beginning, where that is printable.</summary>
    public static string Shown(string text)
    {
        var shown = text.Length <= ShownLength ? text : text[..ShownLength];
        return IsPrintable(shown) ? shown : "";
    }

    public static bool IsTimestamp(RawClick click) =>
        click.TimestampMs is { } ms ? ms is > 0 and <= MaxTimestampMs : !click.NeedsTimestamp;

    public static bool IsCountry(string country) =>
        country.Length == 0 || (country.Length == CountryLength && char.IsAsciiLetter(country[0]) && char.IsAsciiLetter(country[1]));

    public static bool IsAddress(string address) => address.Length == 0 || StrictAddress.IsValid(address);

    public static bool AreParams(List<KeyValuePair<string, string>>? parameters)
    {
        if (parameters is null) return true;
        if (parameters.Count > MaxParams) return false;
        foreach (var (key, value) in parameters)
        {
            if (key.Length is 0 or > ParamKeyLength || value.Length > ParamValueLength || !IsPrintable(key) || !IsPrintable(value)) return false;
        }

        return true;
    }
}
