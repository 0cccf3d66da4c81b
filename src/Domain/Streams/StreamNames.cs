using System.Globalization;

namespace Adclicks.Domain.Streams;

/// <summary>The streams of the log.</summary>
public static class StreamNames
{
    private const string ClicksPrefix = "clicks-";

    /// <summary>Advertisers, campaigns, ads, publishers, invalid-traffic rules and the settings fixed at first start.</summary>
    public const string Reference = "reference";

    /// <summary>Input refused as malformed, at a bounded rate.</summary>
    public const string RejectedClicks = "rejected-clicks";

    /// <summary>Closed hours and their adjustments.</summary>
    public const string Billing = "billing";

    /// <summary>Administrative actions, exports and refused callers.</summary>
    public const string Audit = "audit";

    /// <summary>Managed API keys: made and revoked.</summary>
    public const string Keys = "keys";

    /// <summary>All of them, each before those its events may point into: copied in this order, a log that grows meanwhile is copied whole.</summary>
    public static IEnumerable<string> All(int partitions) => [Billing, .. Enumerable.Range(0, partitions).Select(Clicks), Reference, RejectedClicks, Keys, Audit];

    /// <summary>The partition whose clicks a stream has; null where it has others.</summary>
    public static int? PartitionOf(string stream) =>
        stream.StartsWith(ClicksPrefix, StringComparison.Ordinal) && int.TryParse(stream.AsSpan(ClicksPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var partition) ? partition : null;

    /// <summary>The clicks of one partition: <c>clicks-000</c> and so on.</summary>
    public static string Clicks(int partition) => ClicksPrefix + partition.ToString("D3", CultureInfo.InvariantCulture);
}
