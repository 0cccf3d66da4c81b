using System.Globalization;
using System.Text.RegularExpressions;
using Adclicks.ReadApi.Queries;

namespace Adclicks.ReadApi.Rest;

/// <summary>How times and time zones are written by callers.</summary>
internal static partial class TimeParameters
{
    private static readonly string[] LocalFormats =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF",
    ];

    private static readonly string[] OffsetFormats = [.. LocalFormats.Skip(1).Select(format => format + "K")];

    private static readonly string[] Examples =
        ["2026-05-17", "2026-05-17T08:00:00Z", "2026-05-17T10:00:00+02:00", "1778976000000 (Unix milliseconds)"];

    /// <summary>
    /// An instant: ISO 8601 with an offset, without one (then in <paramref name="zone"/>), or Unix milliseconds. Null
    /// where absent.
    /// </summary>
    public static DateTimeOffset? Instant(this ReportParameters parameters, string name, TimeZoneInfo zone)
    {
        if (parameters.Text(name) is not { } text) return null;

        // In a URL an unescaped plus sign arrives as a space.
        text = text.Replace(' ', '+');
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var unixMs) && unixMs < 1L << 43)
            return DateTimeOffset.FromUnixTimeMilliseconds(unixMs);
        if (DateTime.TryParseExact(text, LocalFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
            return FromLocal(local, zone);
        if (DateTimeOffset.TryParseExact(text, OffsetFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant))
            return instant;
        throw new ReportQueryException(name, $"'{ReportParameters.Shown(text)}' is not a time.", Examples);
    }

    /// <summary>An IANA name, <c>UTC</c>, or a fixed offset such as <c>+05:30</c>; UTC where absent.</summary>
    public static TimeZoneInfo Zone(this ReportParameters parameters, string name)
    {
        if (parameters.Text(name) is not { } text || text is "UTC" or "Z") return TimeZoneInfo.Utc;
        if (FixedOffset().IsMatch(text.Replace(' ', '+')) && TimeSpan.TryParseExact(
            text[1..], @"hh\:mm", CultureInfo.InvariantCulture, out var offset) && offset <= TimeSpan.FromHours(14))
        {
            if (text[0] == '-') offset = -offset;
            return TimeZoneInfo.CreateCustomTimeZone(text.Replace(' ', '+'), offset, text, text);
        }

        if (ZoneName().IsMatch(text) && TimeZoneInfo.TryFindSystemTimeZoneById(text, out var zone)) return zone;
        throw new ReportQueryException(
            name, $"'{ReportParameters.Shown(text)}' is not a time zone.", ["UTC", "an IANA name such as Europe/Berlin", "+05:30"]);
    }

    /// <summary>Where the day of an instant begins.</summary>
    public static DateTimeOffset StartOfDay(DateTimeOffset instant, TimeZoneInfo zone) =>
        FromLocal(TimeZoneInfo.ConvertTime(instant, zone).Date, zone);

    private static DateTimeOffset FromLocal(DateTime local, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(local)) local = local.AddMinutes(1);
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);

        // By way of UTC: an offset with seconds, as zones had long ago, is none a DateTimeOffset can carry.
        return new DateTimeOffset(DateTime.SpecifyKind(local - offset, DateTimeKind.Utc));
    }

    [GeneratedRegex("^[+-][01][0-9]:[0-5][0-9]$", RegexOptions.CultureInvariant)]
    private static partial Regex FixedOffset();

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_+-]{0,31}(/[A-Za-z0-9_+-]{1,31}){0,2}$", RegexOptions.CultureInvariant)]
    private static partial Regex ZoneName();
}
