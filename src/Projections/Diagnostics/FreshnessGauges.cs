using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Adclicks.Projections.Diagnostics;

/// <summary>
/// Lag and watermark of every partition that this process projects, worked out when they are asked for: what stands still goes on ageing,
/// and what was handed to another process is gone from here.
/// </summary>
internal static class FreshnessGauges
{
    private static readonly ConcurrentDictionary<PartitionFreshness, Source> Sources = [];

    static FreshnessGauges()
    {
        var meter = ProjectionMetrics.Meter;
        meter.CreateObservableGauge("adclicks.projections.lag.events", () => Measure<long>(l => l.Events), "{event}", "Events in the log and not in the rollups, by partition");
        meter.CreateObservableGauge("adclicks.projections.lag.clicks", () => Measure<long>(l => l.Clicks), "{click}", "Clicks in the log and not in the rollups, by partition; those of unread events are estimated");
        meter.CreateObservableGauge("adclicks.projections.lag", () => Measure(l => l.Seconds), "s", "Age of the watermark, by partition");
        meter.CreateObservableGauge(
            "adclicks.projections.watermark", () => Measure<double>(l => l.Watermark is { } w ? w.ToUnixTimeMilliseconds() / 1000.0 : null), "s", "Every click acknowledged before this Unix time is in the rollups, by partition");
    }

    /// <summary>Measures the partitions of a lane until disposed.</summary>
    public static IDisposable Add(int generation, int lane, IReadOnlyCollection<PartitionFreshness> partitions, TimeProvider time)
    {
        foreach (var partition in partitions)
        {
            Sources[partition] = new Source(time,
                [new("generation", generation), new("lane", lane), new("partition", partition.Partition)]);
        }

        return new Removal(partitions);
    }

    private static IEnumerable<Measurement<T>> Measure<T>(Func<PartitionLag, T?> value) where T : struct
    {
        foreach (var (partition, source) in Sources)
        {
            if (value(partition.Read(source.Time.GetUtcNow())) is { } measured) yield return new Measurement<T>(measured, source.Tags);
        }
    }

    private sealed record Source(TimeProvider Time, KeyValuePair<string, object?>[] Tags);

    private sealed class Removal(IReadOnlyCollection<PartitionFreshness> partitions) : IDisposable
    {
        public void Dispose()
        {
            foreach (var partition in partitions) Sources.TryRemove(partition, out _);
        }
    }
}
