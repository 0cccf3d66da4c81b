using System.Diagnostics.Metrics;

namespace Adclicks.EventStore.Reference;

/// <summary>What the reference feed counts.</summary>
internal static class ReferenceMetrics
{
    private static readonly Meter _meter = new("Adclicks.EventStore");

    public static readonly Gauge<long> Revision =
        _meter.CreateGauge<long>("adclicks.reference.revision", description: "Last revision of the reference data applied by this process");

    public static readonly Counter<long> Skipped =
        _meter.CreateCounter<long>("adclicks.reference.skipped", "{event}", "Reference events of unknown types or contents");
}
