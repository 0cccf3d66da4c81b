using System.Globalization;

namespace Adclicks.Domain.Billing;

/// <summary>Hours as the ledger counts them: whole hours since the Unix epoch, UTC.</summary>
public static class BillingHour
{
    /// <summary>Milliseconds of an hour.</summary>
    public const long Ms = 3_600_000;

    /// <summary>Before every hour there can be.</summary>
    public const int None = -1;

    private const string Format = "yyyy-MM-ddTHH:mm:ssZ";

    /// <summary>The hour of a time in Unix milliseconds.</summary>
    public static int Of(long unixMs) => (int)(unixMs / Ms);

    /// <summary>The hour of a time.</summary>
    public static int Of(DateTimeOffset time) => Of(time.ToUnixTimeMilliseconds());

    /// <summary>When it begins, in Unix milliseconds.</summary>
    public static long StartMs(int hour) => hour * Ms;

    /// <summary>When it begins.</summary>
    public static DateTimeOffset Start(int hour) => DateTimeOffset.FromUnixTimeMilliseconds(StartMs(hour));

    /// <summary>The last hour that a time lies past the end of, by some lateness at least.</summary>
    public static int LastEndedBefore(DateTimeOffset time, TimeSpan lateness) => Of(time - lateness) - 1;

    /// <summary>As in the ledger: <c>2026-11-24T14:00:00Z</c>.</summary>
    public static string Text(int hour) => Start(hour).ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>Reads what <see cref="Text"/> wrote.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static int Parse(string text) =>
        Of(DateTimeOffset.ParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal));
}
