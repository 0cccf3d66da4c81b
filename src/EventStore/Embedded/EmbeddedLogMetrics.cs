using System.Diagnostics.Metrics;

namespace Adclicks.EventStore.Embedded;

/// <summary>What the embedded log measures.</summary>
internal static class EmbeddedLogMetrics
{
    private static readonly Meter _meter = new("Adclicks.EventStore");

    public static readonly Histogram<double> Commits =
        _meter.CreateHistogram<double>("adclicks.log.commit.duration", "s", "Time of one durable commit.");

    public static readonly Histogram<int> CommitSize =
        _meter.CreateHistogram<int>("adclicks.log.commit.calls", "{call}", "Calls that shared one commit.");
}
