using System.Globalization;

namespace Adclicks.Domain.Billing.Statements;

/// <summary>A month, UTC.</summary>
public readonly record struct BillingMonth(int Year, int Month)
{
    private const string Format = "yyyy-MM";

    /// <summary>Its first hour.</summary>
    public int FirstHour => BillingHour.Of(new DateTimeOffset(Year, Month, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>The hour after its last.</summary>
    public int EndHour => BillingHour.Of(new DateTimeOffset(Year, Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1));

    /// <summary>Reads <c>2026-11</c>.</summary>
    public static bool TryParse(string? text, out BillingMonth month)
    {
        var isMonth = DateTime.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var first) && first.Year is >= 1970 and < 2300;
        month = isMonth ? new BillingMonth(first.Year, first.Month) : default;
        return isMonth;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Year:D4}-{Month:D2}");
}
