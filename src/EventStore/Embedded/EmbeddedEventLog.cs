using System.Runtime.CompilerServices;
using RocksDbSharp;

namespace Adclicks.EventStore.Embedded;

/// <summary>
/// The log without a server: RocksDB in a folder of this machine, one process at a time. An append without an expected
/// revision is idempotent over the last 100,000 events and, after a restart, the last 64 of each stream; with an
/// expected revision, always.
/// </summary>
public sealed class EmbeddedEventLog : IEventLog
{
    private const int MaxStreamNameLength = 200;
    private const int RememberedTail = 64;
    private const string NoAnswer = "The log does not answer: its disk has not finished a write.";
    private readonly RocksDb _db;
    private readonly EmbeddedLogOptions _options;
    private readonly TimeProvider _clock;
    private readonly StreamTable _streams;
    private readonly LogReader _reader;
    private readonly CommitQueue _queue;
    private readonly Committer? _committer;
    private readonly CancellationTokenSource _closing = new();
    private readonly TimeSpan _limit;
    private int _readers;
    private bool _disposed;

    private EmbeddedEventLog(RocksDb db, EmbeddedLogOptions options, TimeProvider clock, bool readOnly)
    {
        (_db, _options, _clock) = (db, options, clock);
        _limit = TimeSpan.FromMilliseconds(options.AppendTimeoutMs);
        _streams = StreamTable.Load(db);
        _reader = new LogReader(db, options, clock);
        _queue = new CommitQueue(options);
        if (!readOnly) _committer = new Committer(db, _streams, _queue, Remember(), clock);
    }

    /// <summary>Opens the log in a folder, made where there is none.</summary>
    /// <exception cref="EventLogUnavailableException">Another process has it open.</exception>
    public static EmbeddedEventLog Open(string directory, EmbeddedLogOptions? options = null, TimeProvider? clock = null)
    {
        options ??= new();
        if (options.Problem() is { } problem) throw new ArgumentException(problem, nameof(options));
        return new EmbeddedEventLog(EmbeddedDatabase.Open(directory, options), options, clock ?? TimeProvider.System, readOnly: false);
    }

    /// <summary>Opens it to read what is there now, also while another process writes it. Appends are refused.</summary>
    public static EmbeddedEventLog OpenReadOnly(string directory, EmbeddedLogOptions? options = null, TimeProvider? clock = null) =>
        new(EmbeddedDatabase.OpenReadOnly(directory, options ?? new()), options ?? new(), clock ?? TimeProvider.System, readOnly: true);

    /// <summary>For tests: runs in place of each commit's write, which it is given, and so does what disks do, waits or fails.</summary>
    public Action<Action>? AroundWrite
    {
        set => _committer!.AroundWrite = value;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<StreamAppend> appends, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_committer is null) throw new EventLogUnavailableException("The log is open for reading only.");
        if (appends.Count == 0) return new([]);
        var bytes = 0L;
        var tooLarge = false;
        foreach (var append in appends) bytes += SizeOf(append, ref tooLarge);
        if (tooLarge) return AppendTheRestAsync(appends, cancellationToken);
        var pending = new PendingAppend(appends, bytes);
        if (Thread.CurrentThread.IsThreadPoolThread) return new(QueueAsync(pending));
        // A thread of its own may be kept waiting, which saves two hand-overs between threads.
        _committer.CommitHere(pending);
        return new(pending.Done);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadAsync(
        string stream, ReadDirection direction, long from, long maxCount = long.MaxValue, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (_streams.Find(stream) is not { } state) yield break;
        var next = from;
        while (maxCount > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = Page(state, direction, next, maxCount, out next);
            foreach (var e in page) yield return e;
            maxCount -= page.Count;
            if (direction == ReadDirection.Forwards ? next > state.Last : next < 0) break;
        }

        await Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SubscriptionMessage> SubscribeAsync(
        string stream, long afterRevision, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        var state = _streams.GetOrAdd(stream);
        var next = afterRevision + 1;
        while (true)
        {
            var readAt = _clock.GetTimestamp();
            while (next <= state.Last)
            {
                ending.Token.ThrowIfCancellationRequested();
                foreach (var e in Page(state, ReadDirection.Forwards, next, long.MaxValue, out next))
                    yield return new SubscriptionMessage(e);
            }

            yield return SubscriptionMessage.CaughtUp;
            await state.GrownBeyondAsync(next - 1).WaitAsync(ending.Token);
            // A quiet stream is delivered at once; of a busy one, many events at a time.
            var pause = TimeSpan.FromMilliseconds(_options.MinReadIntervalMs) - _clock.GetElapsedTime(readAt);
            if (pause > TimeSpan.Zero) await Task.Delay(pause, _clock, ending.Token);
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> GetLastRevisionAsync(string stream, CancellationToken cancellationToken = default) =>
        new(_streams.Find(stream)?.Last ?? -1);

    /// <inheritdoc/>
    public ValueTask<StreamMetadata> GetMetadataAsync(string stream, CancellationToken cancellationToken = default) =>
        new(_streams.Find(stream)?.Metadata ?? StreamMetadata.None);

    /// <inheritdoc/>
    public async ValueTask SetMetadataAsync(string stream, StreamMetadata metadata, CancellationToken cancellationToken = default)
    {
        if (_committer is null) throw new EventLogUnavailableException("The log is open for reading only.");
        CheckName(stream);
        ThrowIfStalled(_committer);
        try
        {
            await Task.Run(() => SetMetadata(_streams.GetOrAdd(stream), metadata), CancellationToken.None).WaitAsync(_limit, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new EventLogUnavailableException(NoAnswer, e, outcomeUnknown: true);
        }
    }

    /// <inheritdoc/>
    public ValueTask CheckHealthAsync(CancellationToken cancellationToken = default)
    {
        if (_disposed) throw new EventLogUnavailableException("The log is closed.");
        if (_committer?.Failure is { } failure) throw new EventLogUnavailableException("The last write to the log failed.", failure);
        if (_committer is not null) ThrowIfStalled(_committer);
        return default;
    }

    /// <summary>Commits what waits, ends the subscriptions and closes the files.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        _queue.Close();
        if (_committer is { } committer) await Task.Run(committer.Dispose);
        await _closing.CancelAsync();
        // A reader inside RocksDB must leave before the files close: pages are short.
        SpinWait.SpinUntil(() => Volatile.Read(ref _readers) == 0);
        _db.Dispose();
        _closing.Dispose();
    }

    private List<RecordedEvent> Page(StreamState state, ReadDirection direction, long from, long maxCount, out long next)
    {
        Interlocked.Increment(ref _readers);
        try
        {
            if (_disposed) throw new EventLogUnavailableException("The log is closed.");
            return _reader.Page(state, direction, from, maxCount, out next);
        }
        finally
        {
            Interlocked.Decrement(ref _readers);
        }
    }

    /// <summary>Waits its turn and for its commit, so long and no longer. By the time of this machine: a disk has no other.</summary>
    private async Task<IReadOnlyList<AppendResult>> QueueAsync(PendingAppend pending)
    {
        ThrowIfStalled(_committer!);
        _queue.Add(pending);
        try
        {
            // Who cancels waits all the same: once it is begun, that would not undo it.
            return await pending.Done.WaitAsync(_limit);
        }
        catch (TimeoutException e)
        {
            if (pending.TryWithdraw()) throw new EventLogUnavailableException(NoAnswer, e);
            if (pending.Done.IsCompleted) return await pending.Done;
            throw new EventLogUnavailableException(NoAnswer, e, outcomeUnknown: true);
        }
    }

    private void ThrowIfStalled(Committer committer)
    {
        if (committer.WritingFor > _limit) throw new EventLogUnavailableException(NoAnswer);
    }

    /// <summary>What is too large is answered so; the others go to the log.</summary>
    private async ValueTask<IReadOnlyList<AppendResult>> AppendTheRestAsync(IReadOnlyList<StreamAppend> appends, CancellationToken cancellationToken)
    {
        var results = new AppendResult[appends.Count];
        var fitting = new List<int>();
        for (var i = 0; i < appends.Count; i++)
        {
            var tooLarge = false;
            SizeOf(appends[i], ref tooLarge);
            if (tooLarge) results[i] = new(AppendOutcome.TooLarge, _options.MaxAppendBytes);
            else fitting.Add(i);
        }

        var answers = await AppendAsync([.. fitting.Select(i => appends[i])], cancellationToken);
        for (var i = 0; i < fitting.Count; i++) results[fitting[i]] = answers[i];
        return results;
    }

    private long SizeOf(StreamAppend append, ref bool tooLarge)
    {
        CheckName(append.Stream);
        if (append.Events.Count == 0) throw new ArgumentException($"An append to {append.Stream} has no events.");
        var bytes = 0L;
        foreach (var e in append.Events) bytes += EventCodec.Size(e);
        tooLarge |= bytes > _options.MaxAppendBytes;
        return bytes;
    }

    private static void CheckName(string stream)
    {
        if (stream.Length is 0 or > MaxStreamNameLength) throw new ArgumentException($"A stream's name has 1 to {MaxStreamNameLength} characters; this one has {stream.Length}.");
    }

    private void SetMetadata(StreamState state, StreamMetadata metadata)
    {
        using var batch = new WriteBatch();
        StreamTable.PutStream(batch, state);
        StreamTable.PutMetadata(batch, state, metadata);
        Write(batch);
        state.Metadata = metadata;
        RemoveHidden(state);
    }

    private void Write(WriteBatch batch)
    {
        try
        {
            _db.Write(batch, new WriteOptions().SetSync(true));
        }
        catch (RocksDbException e)
        {
            throw new EventLogUnavailableException("The log could not be written.", e);
        }
    }

    /// <summary>Frees what retention by number hides, but never the last event: it carries the revision to go on from.</summary>
    private void RemoveHidden(StreamState state)
    {
        var end = Math.Min(state.FirstVisible, state.Last);
        if (end <= 0) return;
        using var batch = new WriteBatch();
        var from = LogKeys.Event(state.Number, 0);
        var to = LogKeys.Event(state.Number, end);
        batch.DeleteRange(from, (ulong)from.Length, to, (ulong)to.Length);
        Write(batch);
    }

    private RecentEventIds Remember()
    {
        var recent = new RecentEventIds(_options.RememberedEventIds);
        foreach (var stream in _streams.All)
        {
            var tail = _reader.Page(stream, ReadDirection.Backwards, long.MaxValue, RememberedTail, out _);
            for (var i = tail.Count - 1; i >= 0; i--) recent.Add(stream.Number, tail[i].Id, tail[i].Revision);
        }

        return recent;
    }
}
