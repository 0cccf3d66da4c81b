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

    /// <summary>Events in the log that were not in memory when the mark was made.</summary>
    public long Behind { get; private set; }

    /// <summary>Makes a new mark, unless one is still to be reached.</summary>
    public async Task TryMakeAsync(CancellationToken cancellationToken)
    {
        if (_pending is not null) return;
        var now = time.GetUtcNow();
        Behind = 0;
        foreach (var partition in lane.Partitions.Values)
        {
            var last = _last[partition] = await log.GetLastRevisionAsync(partition.Stream, cancellationToken);
            Behind += Math.Max(0, last - partition.Revision);
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
