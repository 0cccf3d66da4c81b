namespace Adclicks.EventStore.EventStoreDb.Connection;

/// <summary>Pauses that double up to a limit, each anywhere between half of it and all: many clients do not come back at once.</summary>
internal struct Backoff(EventStoreDbOptions options)
{
    private int _failures;

    /// <summary>How many pauses there were since the last success.</summary>
    public readonly int Failures => _failures;

    public void Reset() => _failures = 0;

    public TimeSpan Next()
    {
        var ceiling = Math.Min(options.MaxBackoffMs, options.MinBackoffMs * Math.Pow(2, Math.Min(_failures, 20)));
        _failures++;
        return TimeSpan.FromMilliseconds(ceiling * (0.5 + (Random.Shared.NextDouble() / 2)));
    }
}
