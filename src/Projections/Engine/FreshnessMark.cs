using Adclicks.EventStore;

namespace Adclicks.Projections.Engine;

/// <summary>
/// How a lane knows up to when it is complete. A mark is a time with the last revision of each partition seen after it:
/// when the lane has stored all of those, every click acknowledged before that time is in its tables. Works under load
/// as well as in silence.
/// </summary>
internal sealed class FreshnessMark(IEventLog log, LaneState lane, TimeProvider time)
{
    private readonly Dictionary<PartitionState, long> _last = [];
    private DateTimeOffset? _pending;

    /// <summary>Events that were in the log when the mark was made and are not applied yet.</summary>
    public long Behind => _last.Sum(p => Math.Max(0, p.Value - p.Key.Revision));

    /// <summary>Makes a new mark, unless one is still to be reached.</summary>
    public async Task TryMakeAsync(CancellationToken cancellationToken)
    {
        if (_pending is not null) return;
        var now = time.GetUtcNow();
        foreach (var partition in lane.Partitions.Values)
        {
            _last[partition] = await log.GetLastRevisionAsync(partition.Stream, cancellationToken);
            partition.Freshness.SawEnd(_last[partition], now);
        }

        _pending = now;
    }

    /// <summary>The time of the mark, if all that was applied so far, once stored, reaches it.</summary>
    public DateTimeOffset? Reached => _pending is not null && _last.All(p => p.Key.Revision >= p.Value) ? _pending : null;

    /// <summary>What was reached is stored.</summary>
    public void Stored(DateTimeOffset? reached)
    {
        if (reached is not null) _pending = null;
    }
}
