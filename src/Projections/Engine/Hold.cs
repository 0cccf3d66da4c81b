namespace Adclicks.Projections.Engine;

/// <summary>
/// Keeps back the events that were logged after a time. Generations that are held at the same time come to stand at the
/// same revisions, whatever arrives meanwhile; they can then be compared, or one put in the other's place.
/// </summary>
internal sealed class Hold(TimeProvider time)
{
    /// <summary>Whoever asked for it may be dead: it ends by itself.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private const int MaxEvents = 10_000;
    private readonly HashSet<PartitionState> _partitions = [];
    private Queue<LaneItem> _held = [], _released = [];
    private DateTimeOffset? _at;

    /// <summary>There are events that are no longer kept back.</summary>
    public bool HasReleased => _released.Count > 0;

    /// <summary>No more can be kept back: nothing is read until it ends.</summary>
    public bool IsFull => _held.Count >= MaxEvents;

    /// <summary>Keeps back what was logged after a time, or nothing any more.</summary>
    public void Set(DateTimeOffset? at)
    {
        if (at == _at) return;
        _at = at;
        _partitions.Clear();
        var all = _released.Concat(_held).ToList();
        (_released, _held) = ([], []);
        foreach (var item in all) (Keeps(item) ? _held : _released).Enqueue(item);
    }

    /// <summary>The next event that is not kept back.</summary>
    public bool TryTake(PartitionReaders readers, out LaneItem item)
    {
        if (_at is { } at && time.GetUtcNow() > at + Limit) Set(null);
        if (_released.TryDequeue(out item)) return true;
        while (!IsFull && readers.TryTake(out item))
        {
            if (!Keeps(item)) return true;
            _held.Enqueue(item);
        }

        return false;
    }

    /// <summary>The first one of a partition that is too late keeps back all that follow it there.</summary>
    private bool Keeps(LaneItem item) =>
        _at is { } at && (_partitions.Contains(item.Partition) || (item.Message.Event is { } e && e.Created > at && _partitions.Add(item.Partition)));
}
