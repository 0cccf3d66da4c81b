using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
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
    private static readonly TimeSpan _reopeningPoll = TimeSpan.FromMilliseconds(50);
    private readonly LogDatabase _database;
    private readonly EmbeddedLogOptions _options;
    private readonly TimeProvider _clock;
    private readonly StreamTable _streams;
    private readonly LogReader _reader;
    private readonly CommitQueue _queue;
    private readonly Committer? _committer;
    private readonly CancellationTokenSource _closing = new();
    private readonly TimeSpan _limit;
    private volatile bool _disposed;

    private EmbeddedEventLog(LogDatabase database, EmbeddedLogOptions options, TimeProvider clock, ILogger? logger)
    {
        (_database, _options, _clock) = (database, options, clock);
        _limit = TimeSpan.FromMilliseconds(options.AppendTimeoutMs);
        _streams = StreamTable.Load(database.Open);
        _reader = new LogReader(database, options, clock);
        _queue = new CommitQueue(options);
        if (logger is not null) _committer = new Committer(database, _streams, _queue, Remember(), _limit, clock, logger);
    }

    /// <summary>Opens the log in a folder, made where there is none.</summary>
    /// <exception cref="EventLogUnavailableException">Another process has it open.</exception>
    public static EmbeddedEventLog Open(string directory, EmbeddedLogOptions? options = null, TimeProvider? clock = null, ILogger? logger = null)
    {
        options ??= new();
        if (options.Problem() is { } problem) throw new ArgumentException(problem, nameof(options));
        return new EmbeddedEventLog(EmbeddedDatabase.Open(directory, options), options, clock ?? TimeProvider.System, logger ?? NullLogger.Instance);
    }

    /// <summary>Opens it to read what is there now, also while another process writes it. Appends are refused.</summary>
    public static EmbeddedEventLog OpenReadOnly(string directory, EmbeddedLogOptions? options = null, TimeProvider? clock = null) =>
        new(EmbeddedDatabase.OpenReadOnly(directory, options ?? new()), options ?? new(), clock ?? TimeProvider.System, logger: null);

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
                if (PageUnlessClosed(state, next, out next) is { } page)
                {
                    foreach (var e in page) yield return new SubscriptionMessage(e);
                }
                else
                {
                    await Task.Delay(_reopeningPoll, ending.Token);
                }
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
        _committer.Check();
        try
        {
            await Task.Run(() => SetMetadata(_streams.GetOrAdd(stream), metadata), CancellationToken.None).WaitAsync(_limit, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new EventLogUnavailableException(Committer.NoAnswer, e, outcomeUnknown: true);
        }
    }

    /// <inheritdoc/>
    public ValueTask CheckHealthAsync(CancellationToken cancellationToken = default)
    {
        if (_disposed) throw new EventLogUnavailableException("The log is closed.");
        _committer?.Check();
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
        _database.Close();
        _closing.Dispose();
    }

    private List<RecordedEvent> Page(StreamState state, ReadDirection direction, long from, long maxCount, out long next)
    {
        if (_disposed) throw new EventLogUnavailableException("The log is closed.");
        return _reader.Page(state, direction, from, maxCount, out next);
    }

    /// <summary>The events from a revision on, at most a page; null while the log is being opened again.</summary>
    private List<RecordedEvent>? PageUnlessClosed(StreamState state, long from, out long next)
    {
        try
        {
            return Page(state, ReadDirection.Forwards, from, long.MaxValue, out next);
        }
        catch (EventLogUnavailableException) when (!_disposed)
        {
            next = from;
            return null;
        }
    }

    /// <summary>Waits its turn and for its commit, so long and no longer. By the time of this machine: a disk has no other.</summary>
    private async Task<IReadOnlyList<AppendResult>> QueueAsync(PendingAppend pending)
    {
        _committer!.Check();
        _queue.Add(pending);
        try
        {
            // Who cancels waits all the same: once it is begun, that would not undo it.
            return await pending.Done.WaitAsync(_limit);
        }
        catch (TimeoutException e)
        {
            if (pending.TryWithdraw()) throw new EventLogUnavailableException(Committer.NoAnswer, e);
            if (pending.Done.IsCompleted) return await pending.Done;
            throw new EventLogUnavailableException(Committer.NoAnswer, e, outcomeUnknown: true);
        }
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
        _committer!.Write(batch);
        state.Metadata = metadata;
        RemoveHidden(state);
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
        _committer!.Write(batch);
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
