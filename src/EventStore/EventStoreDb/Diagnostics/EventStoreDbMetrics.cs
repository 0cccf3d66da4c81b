using System.Diagnostics.Metrics;

namespace Adclicks.EventStore.EventStoreDb.Diagnostics;

/// <summary>What the adapter measures.</summary>
internal static class EventStoreDbMetrics
{
    private static readonly Meter _meter = new("Adclicks.EventStore");
    private static readonly SubscriptionLag _lag = new();

    public static readonly Histogram<double> AppendLatency =
        _meter.CreateHistogram<double>("adclicks.eventstoredb.append.duration", "s", "Time of one append, all its tries together.");

    public static readonly Histogram<int> AppendSize =
        _meter.CreateHistogram<int>("adclicks.eventstoredb.append.size", "By", "Size of one append as sent.");

    public static readonly UpDownCounter<int> AppendsInFlight =
        _meter.CreateUpDownCounter<int>("adclicks.eventstoredb.append.in_flight", "{append}", "Appends sent and not yet answered.");

    public static readonly Counter<long> AppendsSettled =
        _meter.CreateCounter<long>("adclicks.eventstoredb.append.settled", "{append}", "Appends whose outcome was unknown and read back.");

    public static readonly Counter<long> Reconnects =
        _meter.CreateCounter<long>("adclicks.eventstoredb.reconnects", "{connection}", "Times a node was given up for another or for itself again.");

    public static readonly Counter<long> Resubscriptions =
        _meter.CreateCounter<long>("adclicks.eventstoredb.resubscriptions", "{subscription}", "Times a subscription was dropped and resumed.");

    public static readonly ObservableGauge<double> Lag = _meter.CreateObservableGauge(
        "adclicks.eventstoredb.subscription.lag",
        _lag.Observe,
        "s",
        "Age of the event last delivered; 0 once the subscription has reached the end.");

    /// <summary>Reports the lag of one subscription while it lasts.</summary>
    public static SubscriptionLag.Entry TrackLag(string stream) => _lag.Track(stream);
}
