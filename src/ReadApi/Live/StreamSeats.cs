using Microsoft.Extensions.Options;

namespace Adclicks.ReadApi.Live;

/// <summary>Room for streams: so many in the process, and so many of them with the same key.</summary>
internal sealed class StreamSeats(IOptions<ReadApiOptions> options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _takenBy = [];
    private int _taken;

    /// <summary>A seat until it is disposed of; null where there is none for this key.</summary>
    public IDisposable? TryTake(string key)
    {
        lock (_lock)
        {
            var own = _takenBy.GetValueOrDefault(key);
            if (_taken >= options.Value.MaxStreams || own >= options.Value.MaxStreamsPerKey) return null;
            _takenBy[key] = own + 1;
            _taken++;
        }

        ReadApiMetrics.Streams.Add(1);
        return new Seat(this, key);
    }

    private void Leave(string key)
    {
        lock (_lock)
        {
            _taken--;
            if (--_takenBy[key] == 0) _takenBy.Remove(key);
        }

        ReadApiMetrics.Streams.Add(-1);
    }

    private sealed class Seat(StreamSeats seats, string key) : IDisposable
    {
        private bool _left;

        public void Dispose()
        {
            if (_left) return;
            _left = true;
            seats.Leave(key);
        }
    }
}
