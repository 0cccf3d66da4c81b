namespace Adclicks.Projections.Diagnostics;

/// <summary>
/// How far a partition is, kept by its lane and read by whoever wants to know, at any time: a lane that hangs is seen to fall behind.
/// </summary>
/// <param name="partition">From 0.</param>
internal sealed class PartitionFreshness(int partition)
{
    /// <summary>A mean over about this many events.</summary>
    private const double MeanOver = 16;

    private readonly Lock _gate = new();
    private long _end = -1, _applied = -1, _stored = -1, _pendingClicks;
    private double _clicksPerEvent = 1;
    private DateTimeOffset? _pendingSince, _lastApplied, _watermark;
    private DateTimeOffset _seenAt = DateTimeOffset.MinValue;

    /// <summary>From 0.</summary>
    public int Partition { get; } = partition;

    /// <summary>When the end of its stream was last looked up.</summary>
    public DateTimeOffset SeenAt
    {
        get
        {
            lock (_gate) return _seenAt;
        }
    }

    /// <summary>A lane begins at its checkpoint.</summary>
    /// <param name="revision">The last one stored; −1 for none.</param>
    /// <param name="logTime">The latest receive time of its clicks; null for none.</param>
    public void Loaded(long revision, DateTimeOffset? logTime)
    {
        lock (_gate)
        {
            (_applied, _stored, _lastApplied, _pendingSince, _pendingClicks) = (revision, revision, logTime, null, 0);
            Advance(logTime);
        }
    }

    /// <summary>The stream ended with a revision, or was longer, at a time.</summary>
    /// <param name="revision">The last one; −1 for none.</param>
    /// <param name="at">Before it was asked for: what is acknowledged later may be missing.</param>
    public void SawEnd(long revision, DateTimeOffset at)
    {
        lock (_gate)
        {
            if (at < _seenAt) return;
            (_end, _seenAt) = (revision, at);
            if (_stored >= revision) Advance(at);
        }
    }

    /// <summary>An event is counted, and not stored yet.</summary>
    public void Applied(long revision, DateTimeOffset created, int clicks)
    {
        lock (_gate)
        {
            _clicksPerEvent += (clicks - _clicksPerEvent) / MeanOver;
            _pendingClicks += clicks;
            _pendingSince ??= created;
            (_applied, _lastApplied) = (revision, created);
        }
    }

    /// <summary>All that was applied is stored.</summary>
    public void Stored()
    {
        lock (_gate)
        {
            (_stored, _pendingSince, _pendingClicks) = (_applied, null, 0);
            Advance(_stored >= _end ? _seenAt : _lastApplied);
        }
    }

    /// <summary>How it is now.</summary>
    public PartitionLag Read(DateTimeOffset now)
    {
        lock (_gate)
        {
            var unread = Math.Max(0, _end - _applied);
            var events = unread + (_applied - _stored);
            var watermark = _pendingSince is { } since && since > _watermark ? since : _watermark;
            return new PartitionLag(
                events, _pendingClicks + (long)Math.Ceiling(unread * _clicksPerEvent), watermark,
                watermark is { } until ? Math.Max(0, (now - until).TotalSeconds) : null);
        }
    }

    private void Advance(DateTimeOffset? to)
    {
        if (to > (_watermark ?? DateTimeOffset.MinValue)) _watermark = to;
    }
}

/// <summary>How far a partition is.</summary>
/// <param name="Events">In the log and not in the rollups.</param>
/// <param name="Clicks">In them; of events that are not read yet, as many as those before them had in the mean.</param>
/// <param name="Watermark">Every click acknowledged before is in the rollups; null where that is not known.</param>
/// <param name="Seconds">The age of the watermark.</param>
internal readonly record struct PartitionLag(long Events, long Clicks, DateTimeOffset? Watermark, double? Seconds);
