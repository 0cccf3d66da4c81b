using System.Globalization;

namespace Adclicks.Ingestion.Privacy;

/// <summary>Days of receipt (UTC), as clicks have them: days since the Unix epoch.</summary>
public static class PrivacyDay
{
    private const string Format = "yyyy-MM-dd";

    /// <summary>The day of a time.</summary>
    public static uint Of(DateTimeOffset time) => (uint)Math.Max(0, (time - DateTimeOffset.UnixEpoch).Days);

    /// <summary>As <c>2026-11-24</c>.</summary>
    public static string Text(uint day) => DateTime.UnixEpoch.AddDays(Math.Min(day, 2_000_000)).ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>The day of a text like that; null for none.</summary>
    public static uint? Parse(string? text) =>
        DateTime.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var day) && day >= DateTime.UnixEpoch
            ? (uint)(day - DateTime.UnixEpoch).Days
            : null;
}
