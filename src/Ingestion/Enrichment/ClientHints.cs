using Microsoft.AspNetCore.Http;

namespace Adclicks.Ingestion.Enrichment;

/// <summary>
/// What a browser says of its device beside its user agent (User-Agent Client Hints), as it came: strings in quotes,
/// <c>?0</c> or <c>?1</c>.
/// </summary>
/// <param name="Platform"><c>Sec-CH-UA-Platform</c></param>
/// <param name="PlatformVersion"><c>Sec-CH-UA-Platform-Version</c>; only to servers that asked for it, over HTTPS.</param>
/// <param name="Mobile"><c>Sec-CH-UA-Mobile</c></param>
internal sealed record ClientHints(string Platform, string PlatformVersion, string Mobile)
{
    /// <summary>Those that are used: the value of <c>Accept-CH</c>.</summary>
    public const string Accepted = PlatformHeader + ", " + VersionHeader + ", " + MobileHeader;

    private const string PlatformHeader = "Sec-CH-UA-Platform", VersionHeader = "Sec-CH-UA-Platform-Version", MobileHeader = "Sec-CH-UA-Mobile";

    /// <summary>Of a request; null for none.</summary>
    public static ClientHints? Of(IHeaderDictionary headers)
    {
        if (!headers.TryGetValue(PlatformHeader, out var platform)) return null;
        return new(platform.ToString(), headers[VersionHeader].ToString(), headers[MobileHeader].ToString());
    }
}
