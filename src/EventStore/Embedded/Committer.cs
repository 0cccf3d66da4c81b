using System.Diagnostics;
using Microsoft.Extensions.Logging;
using RocksDbSharp;

namespace Adclicks.EventStore.Embedded;

/// <summary>
/// The one writer of the log: turns all appends that wait into one batch with one synchronous write, on a thread of its own or,
/// one at a time, on that of a caller who can be kept waiting.
/// Group commit without a timer: an idle log answers in one flush, a busy one packs more into each.
/// After a write that failed nobody can say what the disk has of it, and reading it back from memory proves nothing: the database is closed,
/// opened from what is on disk, and the state of the streams read again.
/// </summary>
internal sealed class Committer : IDisposable
{
    /// <summary>What those are told who do not wait any more.</summary>
    public const string NoAnswer = "The log does not answer: its disk has not finished a write.";

    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(100), _longestPause = TimeSpan.FromSeconds(1);
    private readonly LogDatabase _database;
    private readonly StreamTable _streams;
    private readonly CommitQueue _queue;
    private readonly TimeSpan _stall;
    private readonly ILogger _logger;
    private readonly RecentEventIds _recent;
    private readonly WriteOptions _durable = new WriteOptions().SetSync(true);
    private readonly StagedCommit _staged;
    private readonly List<PendingAppend> _here = [];
    private readonly Lock _committing = new();
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _closing = new();
    private Thread? _reopening;
    private volatile Exception? _failure;
    private long _writingSince;
    private bool _isClosed;

    /// <param name="database">What it writes to.</param>
    /// <param name="streams">The state that is kept of it.</param>
    /// <param name="queue">What waits.</param>
    /// <param name="recent">The last events.</param>
    /// <param name="stall">A write that takes longer means that the log does not answer.</param>
    /// <param name="clock">Says when events were taken.</param>
    /// <param name="logger">Is told of failures.</param>
    public Committer(LogDatabase database, StreamTable streams, CommitQueue queue, RecentEventIds recent, TimeSpan stall, TimeProvider clock, ILogger logger)
    {
        (_database, _streams, _queue, _recent, _stall, _logger) = (database, streams, queue, recent, stall, logger);
        _staged = new(database, streams, recent, clock);
        _thread = new Thread(Run) { IsBackground = true, Name = "event log commit" };
        _thread.Start();
    }

    /// <summary>See <see cref="EmbeddedEventLog.AroundWrite"/>.</summary>
    public Action<Action>? AroundWrite { get; set; }

    /// <summary>Waits until all that was taken is committed.</summary>
    public void Dispose()
    {
        _thread.Join();
        lock (_committing)
        {
            _isClosed = true;
            _staged.Dispose();
        }

        _closing.Set();
        _reopening?.Join();
        _closing.Dispose();
    }

    /// <summary>Returns where an append can be expected to be written.</summary>
    /// <exception cref="EventLogUnavailableException">A write failed, or is not over for long.</exception>
    public void Check()
    {
        if (_failure is { } failure) throw NotOpen(failure);
        if (Volatile.Read(ref _writingSince) is var since and not 0 && Stopwatch.GetElapsedTime(since) > _stall) throw new EventLogUnavailableException(NoAnswer);
    }

    /// <summary>Writes what is no event, on the caller's thread.</summary>
    /// <exception cref="EventLogUnavailableException">It may or may not be written.</exception>
    public void Write(WriteBatch batch)
    {
        Check();
        lock (_committing)
        {
            if (_isClosed) throw new EventLogUnavailableException("The log is closed.");
            Check();
            try
            {
                Write(batch, Stopwatch.GetTimestamp());
            }
            catch (Exception e)
            {
                throw Failed(e);
            }
        }
    }

    /// <summary>Commits one call on the caller's thread, which blocks meanwhile: nothing is handed from thread to thread.</summary>
    /// <exception cref="EventLogUnavailableException">Closed.</exception>
    public void CommitHere(PendingAppend pending)
    {
        Check();
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
        if (_failure is { } earlier)
        {
            foreach (var pending in taken) pending.Fail(NotOpen(earlier));
            return;
        }

        var started = Stopwatch.GetTimestamp();
        try
        {
            _staged.Add(taken);
            if (_staged.Batch.Count() > 0) Write(_staged.Batch, started);
        }
        catch (Exception e)
        {
            // Nothing was applied in memory; what reached the disk of it is settled by the next append of the same ids.
            _staged.Clear();
            var failure = Failed(e);
            foreach (var pending in taken) pending.Fail(failure);
            return;
        }

        _staged.Apply();
        EmbeddedLogMetrics.Commits.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        EmbeddedLogMetrics.CommitSize.Record(taken.Count);
        foreach (var pending in taken) pending.Complete();
    }

    private static EventLogUnavailableException NotOpen(Exception failure) =>
        new($"The last write to the log failed, and it is not open again yet. That is tried until it succeeds; where the disk is well, restart the process. {failure.Message}", failure);

    /// <summary>Notes that a write failed, and has the database opened again. What to say of it.</summary>
    private EventLogUnavailableException Failed(Exception e)
    {
        _failure = e;
        _logger.WriteFailed(e.Message);
        _reopening = new Thread(Reopen) { IsBackground = true, Name = "event log reopen" };
        _reopening.Start();
        return new("The log could not be written.", e, outcomeUnknown: true);
    }

    /// <summary>Until it is open again, or closed for good. Nothing is written meanwhile; it can be read until the disk takes something again.</summary>
    private void Reopen()
    {
        for (var pause = _firstPause; !_closing.Wait(pause); pause = pause * 2 < _longestPause ? pause * 2 : _longestPause)
        {
            try
            {
                _database.TryDisk();
                lock (_committing)
                {
                    if (_isClosed) return;
                    _logger.Reopened(Reload(_database.Reopen()));
                    _failure = null;
                }

                EmbeddedLogMetrics.Reopened.Add(1);
                return;
            }
            catch (Exception e)
            {
                _failure = e;
                _logger.NotReopened(e.Message);
            }
        }
    }

    /// <summary>Takes over what the database has; the number of events that it has got of writes that had failed.</summary>
    private int Reload(RocksDb db)
    {
        // All of it is read before any of it is taken over: a read that fails is tried again.
        var grown = _streams.Reload(db);
        var found = new List<(StreamState Stream, Guid Id, long Revision)>();
        foreach (var (stream, last) in grown)
        {
            for (var revision = stream.Last + 1; revision <= last; revision++)
                found.Add((stream, EventCodec.Id(db.Get(LogKeys.Event(stream.Number, revision))), revision));
        }

        foreach (var (stream, id, revision) in found) _recent.Add(stream.Number, id, revision);
        foreach (var (stream, last) in grown)
        {
            stream.Last = last;
            stream.SignalGrown();
        }

        return found.Count;
    }

    private void Write(WriteBatch batch, long since)
    {
        Volatile.Write(ref _writingSince, since);
        try
        {
            if (AroundWrite is { } around) Write(batch, around);
            else _database.Open.Write(batch, _durable);
        }
        finally
        {
            Volatile.Write(ref _writingSince, 0);
        }
    }

    private void Write(WriteBatch batch, Action<Action> around) => around(() => _database.Open.Write(batch, _durable));
}
