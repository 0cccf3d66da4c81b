namespace Adclicks.Ingestion.Writing;

/// <summary>
/// What waits for the next commit, bounded by partition. One thread takes; it is woken only where it waits for something.
/// </summary>
internal sealed class WaitingClicks(int partitions, int maxPerPartition)
{
    private readonly object _gate = new();
    private readonly Queue<PendingClicks> _queue = new();
    private readonly int[] _waiting = new int[partitions];
    private bool _isTakerWaiting;
    private bool _isClosed;

    /// <summary>The number of partitions.</summary>
    public int Partitions => _waiting.Length;

    /// <summary>Adds a request; false where one of its partitions has no room, or no more are taken.</summary>
    public bool TryAdd(PendingClicks pending)
    {
        var clicks = pending.Clicks;
        for (var i = 0; i < clicks.Length; i++)
        {
            if (Interlocked.Increment(ref _waiting[clicks[i].Partition]) <= maxPerPartition) continue;
            Release(clicks[..(i + 1)]);
            return false;
        }

        lock (_gate)
        {
            if (!_isClosed)
            {
                _queue.Enqueue(pending);
                if (_isTakerWaiting) Monitor.Pulse(_gate);
                return true;
            }
        }

        Release(clicks);
        return false;
    }

    /// <summary>Waits for something, and takes what is there, up to so many bytes.</summary>
    /// <param name="into">Gets it.</param>
    /// <param name="maxBytes">Beyond, the rest waits for the next time.</param>
    /// <returns>False where there will be nothing any more.</returns>
    public bool Take(List<PendingClicks> into, int maxBytes)
    {
        lock (_gate)
        {
            while (_queue.Count == 0)
            {
                if (_isClosed) return false;
                _isTakerWaiting = true;
                Monitor.Wait(_gate);
                _isTakerWaiting = false;
            }

            for (var bytes = 0L; bytes < maxBytes && _queue.TryDequeue(out var pending); bytes += pending.Length) into.Add(pending);
            return true;
        }
    }

    /// <summary>Gives back the room of clicks that have their answer.</summary>
    public void Release(ReadOnlySpan<EncodedClick> clicks)
    {
        foreach (ref readonly var click in clicks) Interlocked.Decrement(ref _waiting[click.Partition]);
    }

    /// <summary>Takes no more; what is there can still be taken.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }
    }
}
