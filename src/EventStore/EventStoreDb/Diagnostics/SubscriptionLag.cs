using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Adclicks.EventStore.EventStoreDb.Diagnostics;

/// <summary>How far behind each live subscription is, for the gauge.</summary>
internal sealed class SubscriptionLag
{
    private readonly ConcurrentDictionary<Entry, byte> _entries = new();

    public Entry Track(string stream)
    {
        var entry = new Entry(this, stream);
        _entries[entry] = 0;
        return entry;
    }

    public IEnumerable<Measurement<double>> Observe() =>
        _entries.Keys.Select(e => new Measurement<double>(e.Seconds, new KeyValuePair<string, object?>("stream", e.Stream)));

    /// <summary>One subscription; disposing ends its report.</summary>
    public sealed class Entry(SubscriptionLag owner, string stream) : IDisposable
    {
        private double _seconds;

        public string Stream => stream;

        public double Seconds => Volatile.Read(ref _seconds);

        public void Delivered(DateTimeOffset created, DateTimeOffset now) =>
            Volatile.Write(ref _seconds, Math.Max(0, (now - created).TotalSeconds));

        public void CaughtUp() => Volatile.Write(ref _seconds, 0);

        public void Dispose() => owner._entries.TryRemove(this, out _);
    }
}
