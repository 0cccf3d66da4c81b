using System.Diagnostics.Metrics;
using Adclicks.Domain.Clicks;

namespace Adclicks.Ingestion.Diagnostics;

/// <summary>What ingestion measures.</summary>
internal static class IngestionMetrics
{
    private static readonly Meter _meter = new("Adclicks.Ingestion");

    private static readonly Counter<long> _accepted =
        _meter.CreateCounter<long>("adclicks.ingestion.clicks.accepted", "{click}", "Clicks acknowledged, by source");

    private static readonly Counter<long> _refused =
        _meter.CreateCounter<long>("adclicks.ingestion.clicks.refused", "{click}", "Clicks not recorded, by reason");

    private static readonly Counter<long> _marked =
        _meter.CreateCounter<long>("adclicks.ingestion.clicks.marked", "{click}", "Clicks recorded with a mark against them, by reason");

    private static readonly Counter<long> _rejectionsDropped =
        _meter.CreateCounter<long>("adclicks.ingestion.rejections.dropped", "{click}", "Rejected clicks that were not kept, by reason");

    public static readonly Counter<long> SpillClicks =
        _meter.CreateCounter<long>("adclicks.ingestion.spill.clicks", "{click}", "Clicks kept on this machine because the log was down or had no room");

    public static readonly Counter<long> SpillReplayed =
        _meter.CreateCounter<long>("adclicks.ingestion.spill.replayed", "{event}", "Events of kept clicks brought into the log");

    public static readonly Counter<long> Unsealed =
        _meter.CreateCounter<long>("adclicks.ingestion.unsealed", "{click}", "Clicks recorded without their sealed copy, because no key could be had");

    public static readonly Histogram<int> CommitClicks =
        _meter.CreateHistogram<int>("adclicks.ingestion.commit.clicks", "{click}", "Clicks in one commit");

    public static readonly Histogram<double> CommitDuration =
        _meter.CreateHistogram<double>("adclicks.ingestion.commit.duration", "s", "Time of one commit",
            advice: new() { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5] });

    private static readonly KeyValuePair<string, object?>[] _sources =
        [.. Enum.GetValues<ClickSource>().Select(s => new KeyValuePair<string, object?>("source", s.ToString().ToLowerInvariant()))];

    private static readonly KeyValuePair<string, object?>[] _reasons =
        [.. Enum.GetValues<ClickReason>().Select(r => new KeyValuePair<string, object?>("reason", ClickReasons.NameOf(r)))];

    /// <summary>Shows how much waits for the log.</summary>
    public static void ObserveSpill(Func<long> bytes) => _meter.CreateObservableGauge("adclicks.ingestion.spill.size", bytes, "By", "Bytes of kept clicks that wait for the log");

    public static void Accepted(int clicks, ClickSource source) => _accepted.Add(clicks, _sources[(int)source]);

    public static void Refused(ClickReason reason, int clicks = 1) => _refused.Add(clicks, _reasons[(int)reason]);

    public static void Marked(ClickReason reason) => _marked.Add(1, _reasons[(int)reason]);

    public static void RejectionDropped(ClickReason reason) => _rejectionsDropped.Add(1, _reasons[(int)reason]);
}
