namespace Adclicks.Domain.Clicks;

/// <summary>
/// One accepted click, as it is written to the log. Field by field it is the message <c>Click</c> of
/// <c>clicks_recorded.proto</c>, where shapes and units are given. Absent text is the empty string.
/// Readers on the hot path use <see cref="ClickView"/> instead, which does not allocate.
/// </summary>
public sealed class Click
{
    /// <summary>The client's id, or a UUIDv7 given by the ingest node.</summary>
    public required string EventId { get; init; }

    /// <summary>The time every rule and bucket uses, in Unix milliseconds.</summary>
    public required long ClickedAtMs { get; init; }

    /// <summary>When the ingest node received it, in Unix milliseconds.</summary>
    public required long ServerTimestampMs { get; init; }

    /// <summary>The client's own time in Unix milliseconds, where it sent one.</summary>
    public long? TimestampMs { get; init; }

    /// <summary>The ad clicked; never empty. It decides the partition.</summary>
    public required string AdId { get; init; }

    /// <summary>The campaign the client named.</summary>
    public string CampaignId { get; init; } = "";

    /// <summary>The advertiser the client named.</summary>
    public string AdvertiserId { get; init; } = "";

    /// <summary>The publisher the client named.</summary>
    public string PublisherId { get; init; } = "";

    /// <summary>Keyed hash of the visitor, 16 bytes.</summary>
    public ReadOnlyMemory<byte> VisitorHash { get; init; }

    /// <summary>Keyed hash of the client address, 16 bytes.</summary>
    public ReadOnlyMemory<byte> IpHash { get; init; }

    /// <summary>Truncated client address: 3 bytes (/24) or 6 bytes (/48).</summary>
    public ReadOnlyMemory<byte> IpPrefix { get; init; }

    /// <summary>ISO 3166-1 alpha-2.</summary>
    public string Country { get; init; } = "";

    /// <summary>ISO 3166-2 without the country, else a name.</summary>
    public string Region { get; init; } = "";

    /// <summary>City name in English.</summary>
    public string City { get; init; } = "";

    /// <summary>desktop, mobile, tablet, tv, bot or other.</summary>
    public string DeviceType { get; init; } = "";

    /// <summary>Operating system family.</summary>
    public string Os { get; init; } = "";

    /// <summary>Browser family.</summary>
    public string Browser { get; init; } = "";

    /// <summary>The user agent as sent, cut to its limit.</summary>
    public string UserAgent { get; init; } = "";

    /// <summary>The entry of the crawler list that matched, or empty.</summary>
    public string Crawler { get; init; } = "";

    /// <summary>Where the click led.</summary>
    public string ClickUrl { get; init; } = "";

    /// <summary>The page the click was on.</summary>
    public string ReferrerUrl { get; init; } = "";

    /// <summary>The impression the click answers.</summary>
    public string ImpressionId { get; init; } = "";

    /// <summary>How it came in.</summary>
    public ClickSource Source { get; init; }

    /// <summary>A mark the ingest node put on it, or empty.</summary>
    public string IngestMark { get; init; } = "";

    /// <summary>Whatever else the client sent.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> AdditionalParams { get; init; } = [];

    /// <summary>Address and user id under the key of <see cref="SealedDay"/>; empty where nothing was sealed.</summary>
    public ReadOnlyMemory<byte> Sealed { get; init; }

    /// <summary>Day of the sealing key, in days since the Unix epoch.</summary>
    public uint SealedDay { get; init; }
}
