namespace Adclicks.Ingestion.Enrichment;

/// <summary>Tells kinds of devices apart by what their user agents have in common.</summary>
internal static class DeviceTypes
{
    public const string Bot = "bot", Television = "tv";

    private static readonly string[] _televisions =
    [
        "SmartTV", "SMART-TV", "Smart TV", "Smart-TV", "AppleTV", "Apple TV", "GoogleTV", "Google TV", "Android TV", "HbbTV", "Roku", "CrKey", "BRAVIA", "Web0S", "NetCast",
        "; AFT", "MIBOX", "MiTV", "Viera", "PhilipsTV", "AQUOS", "TV Safari", "PlayStation", "Xbox", "Nintendo Switch", "Nintendo Wii",
    ];

    private static readonly string[] _handhelds = ["PlayStation Vita", "PlayStation Portable", "Nintendo 3DS"];
    private static readonly string[] _tablets = ["iPad", "Tablet", "Kindle", "Silk/", "PlayBook", "Kobo", "hpwOS"];
    private static readonly string[] _phones = ["Mobi", "iPhone", "iPod", "BlackBerry", "Opera Mini", "Windows Phone", "IEMobile", "Symbian", "MIDP", "Nokia"];
    private static readonly string[] _desktops = ["Windows NT", "Windows 9", "Win98", "Macintosh", "X11", "CrOS", "Linux"];

    /// <summary>desktop, mobile, tablet, tv, bot or other; empty without a user agent. The order is that of the special cases first.</summary>
    public static string Of(string userAgent, string crawler)
    {
        if (crawler.Length > 0) return Bot;
        if (userAgent.Length == 0) return "";
        if (HasAny(userAgent, _handhelds)) return "mobile";
        if (HasAny(userAgent, _televisions)) return Television;
        // Old Windows says of itself that it could run on a tablet.
        if (userAgent.Contains("Tablet PC", StringComparison.Ordinal)) return "desktop";
        if (HasAny(userAgent, _tablets)) return "tablet";
        if (HasAny(userAgent, _phones)) return "mobile";
        // Android tablets say Android without Mobile.
        if (userAgent.Contains("Android", StringComparison.Ordinal)) return "tablet";
        return HasAny(userAgent, _desktops) ? "desktop" : "other";
    }

    private static bool HasAny(string userAgent, string[] marks)
    {
        foreach (var mark in marks)
        {
            if (userAgent.Contains(mark, StringComparison.Ordinal)) return true;
        }

        return false;
    }
}
