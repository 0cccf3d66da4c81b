using Microsoft.Extensions.Logging;

namespace Adclicks.Ingestion.Redirects;

/// <summary>The keys as the file has them now: it is looked at again at most once a second, when a key is asked for.</summary>
public sealed class UrlKeyRing(string path, TimeProvider time, ILogger<UrlKeyRing> logger)
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private volatile State _state = new([], default, long.MinValue);

    /// <summary>The key of an id, or null.</summary>
    public byte[]? Find(string id)
    {
        foreach (var key in Current().Keys)
        {
            if (key.Id == id) return key.Key;
        }

        return null;
    }

    private State Current()
    {
        var state = _state;
        if (state.LookedAt != long.MinValue && time.GetElapsedTime(state.LookedAt) < _interval) return state;
        lock (_gate)
        {
            state = _state;
            if (state.LookedAt != long.MinValue && time.GetElapsedTime(state.LookedAt) < _interval) return state;
            return _state = Look(state);
        }
    }

    private State Look(State state)
    {
        var file = new FileInfo(path);
        var stamp = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        if (state.LookedAt != long.MinValue && stamp == state.Stamp) return state with { LookedAt = time.GetTimestamp() };
        try
        {
            return new State(UrlKeyFile.Load(path).Keys, stamp, time.GetTimestamp());
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            // The keys known so far go on; a file that is being replaced is read at the next look.
            logger.KeysUnreadable(path, e.Message);
            return state with { LookedAt = time.GetTimestamp() };
        }
    }

    private sealed record State(IReadOnlyList<UrlKey> Keys, (DateTime, long) Stamp, long LookedAt);
}
