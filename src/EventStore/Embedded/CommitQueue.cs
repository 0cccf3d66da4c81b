namespace Adclicks.EventStore.Embedded;

/// <summary>
/// What waits for the commit thread. Bounded by number and bytes: a full queue refuses at once. The thread takes all
/// that is there up to the size of one commit, so that one flush serves everybody who waits; it never waits for more.
/// </summary>
internal sealed class CommitQueue(EmbeddedLogOptions options)
{
    private readonly object _gate = new();
    private readonly Queue<PendingAppend> _waiting = new();
    private long _bytes;
    private int _appends;
    private bool _closed;

    public int Waiting
    {
        get
        {
            lock (_gate) return _appends;
        }
    }

    /// <exception cref="EventLogUnavailableException">Full or closed.</exception>
    public void Add(PendingAppend pending)
    {
        lock (_gate)
        {
            if (_closed) throw new EventLogUnavailableException("The log is closed.");
            if (_appends + pending.Appends.Count > options.MaxWaitingAppends || _bytes + pending.Bytes > options.MaxWaitingBytes)
                throw new EventLogUnavailableException($"The log's queue is full ({_appends} appends, {_bytes} bytes).");
            _waiting.Enqueue(pending);
            _bytes += pending.Bytes;
            _appends += pending.Appends.Count;
            if (_waiting.Count == 1) Monitor.Pulse(_gate);
        }
    }

    /// <summary>Blocks until there is something; false when closed and empty.</summary>
    public bool Take(List<PendingAppend> into)
    {
        lock (_gate)
        {
            while (_waiting.Count == 0)
            {
                if (_closed) return false;
                Monitor.Wait(_gate);
            }

            var bytes = 0L;
            while (_waiting.TryPeek(out var next) && (bytes == 0 || bytes + next.Bytes <= options.MaxCommitBytes))
            {
                _waiting.Dequeue();
                bytes += next.Bytes;
                _appends -= next.Appends.Count;
                into.Add(next);
            }

            _bytes -= bytes;
            return true;
        }
    }

    /// <summary>Takes no more; what waits is still committed.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }
}
