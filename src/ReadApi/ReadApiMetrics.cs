using System.Diagnostics.Metrics;

namespace Adclicks.ReadApi;

/// <summary>What the read side measures of itself.</summary>
internal static class ReadApiMetrics
{
    private static readonly Meter Meter = new("Adclicks.ReadApi");

    /// <summary>Seconds from plan to rows, refused questions aside.</summary>
    public static Histogram<double> QuerySeconds { get; } =
        Meter.CreateHistogram<double>("adclicks.reports.query.duration", "s", "Time to answer one question.");

    /// <summary>Questions that were not answered, by reason.</summary>
    public static Counter<long> Failed { get; } =
        Meter.CreateCounter<long>("adclicks.reports.failed", description: "Questions not answered, by reason.");

    /// <summary>Questions by whether an answer was at hand.</summary>
    public static Counter<long> Cached { get; } =
        Meter.CreateCounter<long>("adclicks.reports.cache", description: "Questions by outcome of the cache: hit or miss.");

    /// <summary>Streams of live totals that are open.</summary>
    public static UpDownCounter<long> Streams { get; } =
        Meter.CreateUpDownCounter<long>("adclicks.reports.streams", description: "Open streams of live totals.");
}
