using System.Globalization;

namespace Adclicks.Domain.Streams;

/// <summary>The streams of the log.</summary>
public static class StreamNames
{
    /// <summary>Advertisers, campaigns, ads, publishers, invalid-traffic rules and the settings fixed at first start.</summary>
    public const string Reference = "reference";

    /// <summary>Input refused as malformed, at a bounded rate.</summary>
    public const string RejectedClicks = "rejected-clicks";

    /// <summary>Closed hours and their adjustments.</summary>
    public const string Billing = "billing";

    /// <summary>Administrative actions, exports and refused callers.</summary>
    public const string Audit = "audit";

    /// <summary>The clicks of one partition: <c>clicks-000</c> and so on.</summary>
    public static string Clicks(int partition) => "clicks-" + partition.ToString("D3", CultureInfo.InvariantCulture);
}
