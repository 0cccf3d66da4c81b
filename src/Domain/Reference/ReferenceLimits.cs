namespace Adclicks.Domain.Reference;

/// <summary>The limits of reference data. Lengths are in UTF-16 characters.</summary>
public static class ReferenceLimits
{
    /// <summary>Longest id, as for a click's <c>ad_id</c>. No control characters; not <c>.</c> or <c>..</c>.</summary>
    public const int IdLength = 1024;

    /// <summary>Longest id of a rule: it stands in reports and metrics.</summary>
    public const int RuleIdLength = 128;

    /// <summary>Longest name. No control characters.</summary>
    public const int NameLength = 256;

    /// <summary>Longest URL.</summary>
    public const int UrlLength = 2048;

    /// <summary>Most allowed hosts of an advertiser.</summary>
    public const int AllowedHosts = 100;

    /// <summary>Longest host name (RFC 1035).</summary>
    public const int HostLength = 253;

    /// <summary>Longest user-agent pattern.</summary>
    public const int PatternLength = 512;

    /// <summary>Most clicks a velocity rule lets pass.</summary>
    public const int VelocityClicks = 100_000;

    /// <summary>Longest window of a velocity rule.</summary>
    public const int VelocityWindowSeconds = 3600;

    /// <summary>Most addresses of a range that is told by hashes (/25 and narrower, /121 and narrower).</summary>
    public const int HashedAddresses = 128;
}
