using System.Diagnostics;
using Adclicks.EventStore;
using Adclicks.EventStore.Reference;
using Adclicks.Projections.Diagnostics;
using Adclicks.Projections.Generations;
using Adclicks.Projections.Leases;
using Adclicks.Projections.Storage;
using Microsoft.Extensions.Logging;

namespace Adclicks.Projections.Engine;

/// <summary>
/// One lane from its last commit on, under one lease, until it is stopped or something fails. Whatever fails, the
/// session is thrown away and the next one begins at the checkpoint.
/// </summary>
internal sealed class LaneSession(
    Lease lease, GenerationRules rules, LaneStore store, LeaseStore leases, IEventLog log, ReferenceFeed reference, PoisonList poison, ProjectionsOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>A lane with all to live for spends about one part in this many flushing.</summary>
    private const int FlushShare = 10;

    /// <summary>
    /// After so long without an event, and half as long as a flush takes, what has come is not kept back any more to be stored with what might follow.
    /// </summary>
    private const int QuietMs = 100;

    /// <summary>… for a lane that has nothing to live for then may spend this many times as much.</summary>
    private const int QuietShare = 3;

    /// <summary>Dead letters carry their bytes; a flush is due before they fill the memory.</summary>
    private const int MaxDeadLetters = 100;

    /// <summary>Events between two looks at the clock.</summary>
    private const int EventsAtATime = 100;

    /// <summary>Events still to apply that make it a catch-up.</summary>
    private const int FarBehind = 500;

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10), HoldPoll = TimeSpan.FromMilliseconds(20);
    private LaneState _state = null!;
    private readonly ReferenceGate _gate = new(reference, log, rules, options, time);
    private LaneJoin _join = null!;
    private EventApplier _applier = null!;
    private FreshnessMark _mark = null!;
    private readonly Hold _hold = new(time);
    private double _flushMs;
    private long _lastFlush, _lastBeat, _lastEvent;
    private bool _wasCaughtUp, _isFlushing;

    /// <summary>Commits done.</summary>
    public long Flushes { get; private set; }

    /// <summary>Runs until cancelled; then flushes once more.</summary>
    /// <exception cref="LaneConflictException">The lane is no longer ours.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _state = await store.LoadAsync(lease.Lane, cancellationToken);
        await CheckEndsAsync(cancellationToken);
        foreach (var partition in _state.Partitions.Values) partition.Freshness.Loaded(partition.Revision, LogTime(partition));
        using var gauges = FreshnessGauges.Add(lease.Generation, lease.Lane, [.. _state.Partitions.Values.Select(p => p.Freshness)], time);
        await using var ends = new EndWatch(log, [.. _state.Partitions.Values], TimeSpan.FromMilliseconds(options.HeartbeatMs), time, cancellationToken);
        _join = new LaneJoin(reference.History, rules, _state.Buffer);
        _applier = new EventApplier(_state, _join, poison, logger);
        _mark = new FreshnessMark(log, _state, time);
        _lastFlush = _lastBeat = _lastEvent = time.GetTimestamp();
        await using var readers = new PartitionReaders(log, [.. _state.Partitions.Values], options.ReadAheadEvents, cancellationToken);
        await _mark.TryMakeAsync(cancellationToken);

        // A flush that has begun when the stop comes is ended: it is nearly done.
        using var limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        await using var stopping = cancellationToken.Register(() => limit.CancelAfter(StopLimit));
        try
        {
            Task? more = null;
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await ApplyWaitingAsync(readers, cancellationToken);
                if (IsFlushDue()) await FlushAsync(limit.Token);
                if (Since(_lastBeat) >= options.HeartbeatMs) await BeatAsync(cancellationToken);
                more = await WaitAsync(more, readers, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // After half a flush the state is void.
            if (_state.IsDirty && !_isFlushing) await FlushAsync(limit.Token);
        }
    }

    /// <summary>A log that was restored may be shorter than the one these counts are of: its next events would be taken for known ones.</summary>
    private async Task CheckEndsAsync(CancellationToken cancellationToken)
    {
        foreach (var partition in _state.Partitions.Values)
        {
            if (await log.GetLastRevisionAsync(partition.Stream, cancellationToken) is var last && last < partition.Revision)
                throw new InvalidDataException($"{partition.Stream} ends with revision {last}, and {partition.Revision} is counted: the read models are of a log that was longer. Remove them, and they are built again.");
        }
    }

    private async ValueTask ApplyWaitingAsync(PartitionReaders readers, CancellationToken cancellationToken)
    {
        for (var events = 0; events < EventsAtATime && !IsFull() && _hold.TryTake(readers, out var item); events++)
        {
            var partition = item.Partition;
            partition.IsCaughtUp = item.Message.IsCaughtUp;
            if (item.Message.Event is not { } recorded) continue;
            if (recorded.Revision != partition.Revision + 1) await CheckGapAsync(partition, recorded, cancellationToken);
            _applier.Apply(partition, recorded, await _gate.WaitAsync(recorded, cancellationToken));
            _lastEvent = time.GetTimestamp();
        }
    }

    /// <summary>Dead letters that someone wants to have tried again; each is claimed once, whatever comes of it.</summary>
    private async Task RetryDeadLettersAsync(CancellationToken cancellationToken)
    {
        var partitions = _state.Partitions.Values.ToDictionary(p => p.Stream);
        foreach (var letter in await store.ClaimRetriesAsync(partitions.Keys, cancellationToken))
            _applier.Retry(partitions[letter.Stream], letter, await _gate.WaitAsync(letter, cancellationToken));
    }

    /// <summary>
    /// Revisions are contiguous. Only retention may have taken some away: by age or number somebody wants them forgotten; what was cut off is in
    /// an archive, and to go on without it would be to count less.
    /// </summary>
    private async ValueTask CheckGapAsync(PartitionState partition, RecordedEvent recorded, CancellationToken cancellationToken)
    {
        var retention = await log.GetMetadataAsync(partition.Stream, cancellationToken);
        if (recorded.Revision <= partition.Revision || retention == StreamMetadata.None)
            throw new InvalidDataException($"{partition.Stream} continues with revision {recorded.Revision} after {partition.Revision}.");
        if (partition.Revision + 1 < retention.TruncateBefore)
        {
            throw new InvalidDataException(
                $"{partition.Stream} begins with revision {recorded.Revision}, and {partition.Revision} is the last one counted: what is between is in the archive alone. Build the read models anew from there: adclicks rebuild --from-archive PLACE.");
        }

        logger.Gap(partition.Stream, partition.Revision + 1, recorded.Revision - 1);
    }

    private bool IsFull() =>
        _state.Buffer.Clicks >= (_state.IsCaughtUp ? options.FlushClicks : Math.Max(options.FlushClicks, options.CatchUpFlushClicks)) || _state.DeadLetters.Count >= MaxDeadLetters;

    private bool IsFlushDue()
    {
        if (!_state.IsDirty) return false;
        return IsFull() || UntilFlush <= 0;
    }

    /// <summary>Milliseconds, unless more comes than the lane may hold.</summary>
    private double UntilFlush
    {
        get
        {
            var due = FlushInterval - Since(_lastFlush);
            if (!_state.IsCaughtUp) return due;
            var least = Math.Max(options.LiveFlushIntervalMs, LiveFlushInterval / QuietShare);
            return Math.Min(due, Math.Max(Math.Max(QuietMs, _flushMs / 2) - Since(_lastEvent), least - Since(_lastFlush)));
        }
    }

    /// <summary>The longer, the further there is to go: few large runs are cheaper than many small ones.</summary>
    private double FlushInterval =>
        _state.IsCaughtUp ? LiveFlushInterval : _mark.Behind < FarBehind ? options.FlushIntervalMs : options.CatchUpFlushIntervalMs;

    /// <summary>As soon as may be while flushes are cheap; under load they take a bounded share of the time.</summary>
    private double LiveFlushInterval => Math.Clamp(_flushMs * FlushShare, options.LiveFlushIntervalMs, Math.Max(options.LiveFlushIntervalMs, options.FlushIntervalMs));

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var clicks = _state.Buffer.Clicks;
        var reached = _mark.Reached;
        _isFlushing = true;
        var rows = await store.CommitAsync(lease, _state, reached, cancellationToken);
        _isFlushing = false;
        var elapsed = Stopwatch.GetElapsedTime(started);
        _flushMs = elapsed.TotalMilliseconds;
        ReportFlush(clicks, rows, elapsed.TotalSeconds);
        _mark.Stored(reached);
        _state.Flushed();
        _join.Flushed();
        _lastFlush = time.GetTimestamp();
        Flushes++;
        if (reached is null) return;
        await _mark.TryMakeAsync(cancellationToken);
    }

    /// <summary>Renews the lease. A lane with nothing to flush says here that it is fresh.</summary>
    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        var reached = _state.IsDirty ? null : _mark.Reached;
        var news = await leases.RenewAsync(lease, reached, cancellationToken) ?? throw new LaneConflictException("The lease was taken over.");
        _hold.Set(news.HoldAt);
        _mark.Stored(reached);
        await _mark.TryMakeAsync(cancellationToken);
        _lastBeat = time.GetTimestamp();
        await RetryDeadLettersAsync(cancellationToken);
        if (_state.IsCaughtUp && !_wasCaughtUp) logger.CaughtUp(lease.Lane);
        _wasCaughtUp = _state.IsCaughtUp;
        if (_wasCaughtUp) await store.SettleAsync(lease, _state, cancellationToken);
    }

    /// <summary>Until there is more to read, or the next flush or heartbeat is due.</summary>
    private async Task<Task?> WaitAsync(Task? more, PartitionReaders readers, CancellationToken cancellationToken)
    {
        if (_hold.HasReleased) return more;
        more ??= readers.WaitAsync(cancellationToken);
        if (_hold.IsFull) await Task.Delay(HoldPoll, time, cancellationToken);
        if (!more.IsCompleted)
        {
            var due = options.HeartbeatMs - Since(_lastBeat);
            if (_state.IsDirty)
                due = Math.Min(due, UntilFlush);
            if (due <= 0) return more;
            using var woken = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(more, Task.Delay(TimeSpan.FromMilliseconds(due), time, woken.Token));
            await woken.CancelAsync();
        }

        if (!more.IsCompleted) return more;
        await more;
        return null;
    }

    private double Since(long timestamp) => time.GetElapsedTime(timestamp).TotalMilliseconds;

    /// <summary>The latest receive time of the clicks that are stored.</summary>
    private static DateTimeOffset? LogTime(PartitionState partition) =>
        partition.Judge.LogClockMs > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(partition.Judge.LogClockMs) : null;

    private void ReportFlush(int clicks, int rows, double seconds)
    {
        ProjectionMetrics.FlushTime.Record(seconds);
        ProjectionMetrics.FlushClicks.Record(clicks);
        ProjectionMetrics.FlushRows.Record(rows);
        ProjectionMetrics.Clicks.Add(clicks);
        ProjectionMetrics.DeadLetters.Add(_state.DeadLetters.Count);
        ProjectionMetrics.CountUnregistered(_join.UnregisteredAds, _join.UnregisteredPublishers);
        ProjectionMetrics.UnknownEvents.Add(_state.Partitions.Values.Sum(p => p.UnknownEvents));
        foreach (var ((_, verdict), count) in _state.Buffer.Verdicts.All) ProjectionMetrics.Count(verdict, count);
        logger.Flushed(lease.Lane, clicks, rows, seconds * 1000);
    }
}
