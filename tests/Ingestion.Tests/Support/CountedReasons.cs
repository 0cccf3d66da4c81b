using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Adclicks.Ingestion.Tests.Support;

/// <summary>What a metric of ingestion counts by reason, from now on. The metrics are the process's: other tests count too.</summary>
internal sealed class CountedReasons : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public CountedReasons(string metric)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Adclicks.Ingestion" && instrument.Name == metric) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
            _counts.AddOrUpdate(tags.ToArray().Single(t => t.Key == "reason").Value!.ToString()!, value, (_, sum) => sum + value));
        _listener.Start();
    }

    public long Of(string reason) => _counts.GetValueOrDefault(reason);

    public void Dispose() => _listener.Dispose();
}
