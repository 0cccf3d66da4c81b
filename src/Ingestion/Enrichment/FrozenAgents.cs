using System.Globalization;
using System.Text.RegularExpressions;

namespace Adclicks.Ingestion.Enrichment;

/// <summary>
/// User agents that no longer tell what they run on: Chromium's say <c>Windows NT 10.0</c>, <c>Android 10; K</c> or
/// <c>Mac OS X 10_15_7</c> whatever the device, and have zeros behind the major version. Client hints say it instead.
/// </summary>
internal static partial class FrozenAgents
{
    private const int FirstWindows11 = 13;

    /// <summary>Whether it is of that form.</summary>
    public static bool Is(string userAgent) => ReducedVersion().IsMatch(userAgent);

    /// <summary>The facts of a frozen user agent, with what the hints say of system and device. Robots and televisions stay what they are.</summary>
    public static UserAgentFacts Refine(UserAgentFacts facts, ClientHints hints)
    {
        var platform = Unquoted(hints.Platform);
        var os = platform switch
        {
            "Windows" => WindowsOf(Unquoted(hints.PlatformVersion)),
            "macOS" => "Mac OS X",
            "Chrome OS" or "Chromium OS" => "Chrome OS",
            "Android" or "Linux" or "iOS" => platform,
            _ => facts.Os,
        };
        return facts with { Os = os, DeviceType = DeviceOf(facts.DeviceType, platform, hints.Mobile) };
    }

    /// <summary>The version says 1 to 10 for Windows 10, and 13 or more for Windows 11.</summary>
    private static string WindowsOf(string version)
    {
        var end = version.IndexOf('.');
        if (!int.TryParse(end < 0 ? version : version.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out var major) || major == 0) return "Windows";
        return major >= FirstWindows11 ? "Windows 11" : "Windows 10";
    }

    private static string DeviceOf(string found, string platform, string mobile) => (found, mobile, platform) switch
    {
        (DeviceTypes.Bot or DeviceTypes.Television, _, _) => found,
        (_, "?1", _) => "mobile",
        (_, "?0", "Android") => "tablet",
        (_, "?0", "Windows" or "macOS" or "Linux" or "Chrome OS" or "Chromium OS") => "desktop",
        _ => found,
    };

    private static string Unquoted(string text) => text is ['"', .. var inner, '"'] ? inner : text;

    [GeneratedRegex(@"Chrome/\d+\.0\.0\.0(\s|$)", RegexOptions.CultureInvariant)]
    private static partial Regex ReducedVersion();
}
