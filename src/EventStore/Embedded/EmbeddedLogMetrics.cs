using System.Diagnostics.Metrics;

namespace Adclicks.EventStore.Embedded;

/// <summary>What the embedded log measures.</summary>
internal static class EmbeddedLogMetrics
{
    private static readonly Meter _meter = new("Adclicks.EventStore");

    public static readonly Histogram<double> Commits =
        _meter.CreateHistogram<double>("adclicks.log.commit.duration", "s", "Time of one durable commit.",
            advice: new() { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5] });

    public static readonly Counter<long> Reopened =
        _meter.CreateCounter<long>("adclicks.log.reopened", "{time}", "Times the log was opened again after a write failed.");

    public static readonly Histogram<int> CommitSize =
        _meter.CreateHistogram<int>("adclicks.log.commit.calls", "{call}", "Calls that shared one commit.");
}
