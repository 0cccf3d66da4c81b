using System.Buffers;
using System.Diagnostics;
using RocksDbSharp;

namespace Adclicks.EventStore.Embedded;

/// <summary>
/// The one writer of the log: turns all appends that wait into one batch with one synchronous write, on a thread of its own or,
/// one at a time, on that of a caller who can be kept waiting.
/// Group commit without a timer: an idle log answers in one flush, a busy one packs more into each.
/// </summary>
internal sealed class Committer : IDisposable
{
    private readonly RocksDb _db;
    private readonly StreamTable _streams;
    private readonly CommitQueue _queue;
    private readonly TimeProvider _clock;
    private readonly RecentEventIds _recent;
    private readonly WriteOptions _durable = new WriteOptions().SetSync(true);
    private readonly WriteBatch _batch = new();
    private readonly Dictionary<StreamState, long> _heads = [];
    private readonly List<(StreamState Stream, Guid Id, long Revision)> _written = [];
    private readonly List<PendingAppend> _here = [];
    private readonly Lock _committing = new();
    private readonly Thread _thread;
    private volatile Exception? _failure;
    private long _writingSince;
    private bool _isClosed;

    public Committer(RocksDb db, StreamTable streams, CommitQueue queue, RecentEventIds recent, TimeProvider clock)
    {
        (_db, _streams, _queue, _recent, _clock) = (db, streams, queue, recent, clock);
        _thread = new Thread(Run) { IsBackground = true, Name = "event log commit" };
        _thread.Start();
    }

    /// <summary>Why the last write failed; null where it did not.</summary>
    public Exception? Failure => _failure;

    /// <summary>See <see cref="EmbeddedEventLog.AroundWrite"/>.</summary>
    public Action<Action>? AroundWrite { get; set; }

    /// <summary>How long the disk has kept the write that is not over; zero where there is none.</summary>
    public TimeSpan WritingFor => Volatile.Read(ref _writingSince) is var since and not 0 ? Stopwatch.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>Waits until all that was taken is committed.</summary>
    public void Dispose()
    {
        _thread.Join();
        lock (_committing)
        {
            _isClosed = true;
            _batch.Dispose();
        }
    }

    /// <summary>Commits one call on the caller's thread, which blocks meanwhile: nothing is handed from thread to thread.</summary>
    /// <exception cref="EventLogUnavailableException">Closed.</exception>
    public void CommitHere(PendingAppend pending)
    {
        lock (_committing)
        {
            if (_isClosed) throw new EventLogUnavailableException("The log is closed.");
            _here.Add(pending);
            Commit(_here);
            _here.Clear();
        }
    }

    private void Run()
    {
        var taken = new List<PendingAppend>();
        while (_queue.Take(taken))
        {
            lock (_committing) Commit(taken);
            taken.Clear();
        }
    }

    private void Commit(List<PendingAppend> taken)
    {
        taken.RemoveAll(static pending => !pending.TryBegin());
        if (taken.Count == 0) return;
        var started = Stopwatch.GetTimestamp();
        try
        {
            Stage(taken);
            if (_batch.Count() > 0) Write(started);
            _failure = null;
        }
        catch (Exception e)
        {
            // Nothing was applied in memory; what reached the disk of it is settled by the next append of the same ids.
            _failure = e;
            Reset();
            foreach (var pending in taken) pending.Fail(new EventLogUnavailableException("The log could not be written.", e, outcomeUnknown: true));
            return;
        }

        Apply();
        EmbeddedLogMetrics.Commits.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        EmbeddedLogMetrics.CommitSize.Record(taken.Count);
        foreach (var pending in taken) pending.Complete();
    }

    private void Write(long since)
    {
        Volatile.Write(ref _writingSince, since);
        try
        {
            if (AroundWrite is { } around) around(() => _db.Write(_batch, _durable));
            else _db.Write(_batch, _durable);
        }
        finally
        {
            Volatile.Write(ref _writingSince, 0);
        }
    }

    private void Stage(List<PendingAppend> taken)
    {
        var createdMs = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var pending in taken)
        {
            for (var i = 0; i < pending.Appends.Count; i++)
                pending.Results[i] = Stage(pending.Appends[i], createdMs);
        }
    }

    private AppendResult Stage(StreamAppend append, long createdMs)
    {
        var stream = _streams.GetOrAdd(append.Stream);
        var head = _heads.TryGetValue(stream, out var staged) ? staged : stream.Last;
        if (Stored(append, stream) is { } stored) return stored;
        if (!append.Expected.IsMetBy(head)) return new(AppendOutcome.WrongExpectedRevision, head);
        if (head < 0) StreamTable.PutStream(_batch, stream);
        foreach (var e in append.Events)
        {
            Put(stream, ++head, e, createdMs);
            _written.Add((stream, e.Id, head));
        }

        _heads[stream] = head;
        return new(AppendOutcome.Appended, head);
    }

    /// <summary>The answer to an append that is in the stream already, from this commit, a recent one, or where it was expected to go.</summary>
    private AppendResult? Stored(StreamAppend append, StreamState stream)
    {
        var last = _recent.LastRevisionOf(stream.Number, append.Events);
        if (last >= 0) return new(AppendOutcome.Appended, last);
        if (append.Expected.Value < -1) return StagedNow(append, stream);
        var first = append.Expected.Value + 1;
        if (first + append.Events.Count - 1 > stream.Last) return StagedNow(append, stream);
        for (var i = 0; i < append.Events.Count; i++)
        {
            if (_db.Get(LogKeys.Event(stream.Number, first + i)) is not { } value || EventCodec.Id(value) != append.Events[i].Id) return null;
        }

        return new(AppendOutcome.Appended, first + append.Events.Count - 1);
    }

    /// <summary>The same append twice in one commit.</summary>
    private AppendResult? StagedNow(StreamAppend append, StreamState stream)
    {
        if (!_heads.ContainsKey(stream)) return null;
        foreach (var (other, id, revision) in _written)
        {
            if (other == stream && id == append.Events[0].Id) return new(AppendOutcome.Appended, revision + append.Events.Count - 1);
        }

        return null;
    }

    private void Put(StreamState stream, long revision, EventData e, long createdMs)
    {
        Span<byte> key = stackalloc byte[LogKeys.EventSize];
        LogKeys.Event(key, stream.Number, revision);
        var size = EventCodec.Size(e);
        var value = ArrayPool<byte>.Shared.Rent(size);
        EventCodec.Write(e, createdMs, value);
        _batch.Put(key, value.AsSpan(0, size));
        ArrayPool<byte>.Shared.Return(value);
    }

    private void Apply()
    {
        foreach (var (stream, id, revision) in _written) _recent.Add(stream.Number, id, revision);
        foreach (var (stream, head) in _heads)
        {
            Debug.Assert(head > stream.Last, "A commit only ever adds to a stream.");
            stream.Last = head;
            stream.SignalGrown();
        }

        Reset();
    }

    private void Reset()
    {
        _batch.Clear();
        _heads.Clear();
        _written.Clear();
    }
}
