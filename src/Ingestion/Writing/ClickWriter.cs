using System.Diagnostics;
using System.Threading.Channels;
using Adclicks.Domain.Clicks;
using Adclicks.EventStore;
using Adclicks.EventStore.Reference;
using Adclicks.Ingestion.Diagnostics;
using Adclicks.Ingestion.Writing.Spill;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Adclicks.Ingestion.Writing;

/// <summary>
/// The one writer of clicks of this process: takes all that waits, packs it by partition and appends it in one call.
/// Group commit without a timer. What waits is bounded by partition, and what is under way by requests, so that nobody waits
/// long; beyond that is refused at once. While the log is down,
/// clicks whose visitors are sent on are kept on disk instead, and all others are refused at once.
/// </summary>
internal sealed class ClickWriter(
    IEventLog log, LogOutage outage, ReferenceFeed reference, IOptions<IngestionOptions> options, IOptions<ReferenceFeedOptions> logOptions, TimeProvider time, ILogger<ClickWriter> logger)
    : IHostedService, IDisposable
{
    /// <summary>So many are let in however long answers take: the log of a slow disk is to be used, too.</summary>
    private const int LeastClicks = 128, LeastBatches = 4;

    private readonly IngestionOptions _options = options.Value;
    private readonly Channel<PendingClicks> _queue = Channel.CreateUnbounded<PendingClicks>(new() { SingleReader = true });
    private readonly int[] _waiting = new int[logOptions.Value.Partitions];
    private readonly Headroom _clickRoom = new(Math.Min(LeastClicks, options.Value.MaxClicksUnderWay), options.Value.MaxClicksUnderWay, TimeSpan.FromMilliseconds(options.Value.TargetAnswerMs));
    private readonly Headroom _batchRoom = new(Math.Min(LeastBatches, options.Value.MaxBatchesUnderWay), options.Value.MaxBatchesUnderWay, TimeSpan.FromMilliseconds(options.Value.TargetAnswerMs));
    private readonly PartitionBatch[] _batches = [.. Enumerable.Range(0, logOptions.Value.Partitions).Select(p => new PartitionBatch(p))];
    private readonly RetryMemory[] _memories = [.. Enumerable.Range(0, logOptions.Value.Partitions).Select(_ => new RetryMemory(options.Value.RetryMemoryPerPartition))];
    private readonly List<PartitionBatch> _touched = [];
    private readonly HashSet<int> _refused = [];
    private readonly int[] _answered = new int[Enum.GetValues<ClickSource>().Length];
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;
    private Task _recovering = Task.CompletedTask;

    /// <summary>The number of partitions.</summary>
    public int Partitions => _waiting.Length;

    /// <summary>Whether a request that comes in this way would be refused now: to be asked before anything is read of it.</summary>
    public bool IsBusy(ClickSource source) => outage.IsDown || RoomFor(source).IsFull;

    /// <summary>What to encode the clicks of a request into; null where so many are under way that it would wait too long.</summary>
    /// <param name="source">The way in; each has room of its own.</param>
    /// <param name="correlationId">Of the request.</param>
    /// <param name="maySpill">Whether it is kept on this machine while the log is down.</param>
    public PendingClicks? Begin(ClickSource source, string correlationId, bool maySpill = false)
    {
        var room = RoomFor(source);
        if (room.TryEnter()) return PendingClicks.Rent(room, source, correlationId, maySpill);
        IngestionMetrics.Refused(ClickReason.Unavailable);
        return null;
    }

    /// <summary>Completes when the clicks are durable, or refused: then the log is away, busy, or not read yet.</summary>
    public ValueTask<WriteOutcome> WriteAsync(PendingClicks pending)
    {
        if (outage.IsDown && !pending.MaySpill) return Refuse(pending);
        var clicks = pending.Clicks;
        for (var i = 0; i < clicks.Length; i++)
        {
            if (Interlocked.Increment(ref _waiting[clicks[i].Partition]) <= _options.MaxWaitingPerPartition) continue;
            Release(clicks[..(i + 1)]);
            return Refuse(pending);
        }

        // Asked for before it is handed over: it may be answered at once.
        var outcome = pending.Outcome();
        if (_queue.Writer.TryWrite(pending)) return outcome;
        Release(clicks);
        return Refuse(pending);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _recovering = Task.Run(() => outage.RecoverAsync(RememberAsync, _stopping.Token), CancellationToken.None);
        _running = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Takes no more, and returns when all that was taken is answered.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        await using var limit = cancellationToken.Register(_stopping.Cancel);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stopping.CancelAsync();
        await _recovering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync()
    {
        var taken = new List<PendingClicks>();
        while (await _queue.Reader.WaitToReadAsync(_stopping.Token))
        {
            Take(taken);
            await CommitAsync(taken);
            taken.Clear();
        }
    }

    private void Take(List<PendingClicks> taken)
    {
        var bytes = 0L;
        while (bytes < _options.MaxBytesPerCommit && _queue.Reader.TryRead(out var pending))
        {
            taken.Add(pending);
            bytes += pending.Length;
            foreach (ref readonly var click in pending.Clicks) Add(click, pending);
        }
    }

    private void Add(in EncodedClick click, PendingClicks request)
    {
        var batch = _batches[click.Partition];
        if (_memories[click.Partition].Knows(click.Identity) || batch.Has(click.Identity))
        {
            IngestionMetrics.Refused(ClickReason.AlreadyRecorded);
            return;
        }

        if (batch.Count == 0) _touched.Add(batch);
        batch.Add(click, request);
    }

    private async Task CommitAsync(List<PendingClicks> taken)
    {
        var started = Stopwatch.GetTimestamp();
        EventLogUnavailableException? failure = null;
        List<StreamAppend> appends = [];
        try
        {
            if (_touched.Count > 0 && outage.IsDown) throw new EventLogUnavailableException("The log is down.");
            if (_touched.Count > 0) await AppendAsync(appends = Pack());
        }
        catch (EventLogUnavailableException e)
        {
            // Nobody is told that a click is stored, and the next commit stands alone.
            failure = e;
            if (appends.Count > 0) logger.AppendFailed(failure.Message, e);
        }

        IngestionMetrics.CommitDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        IngestionMetrics.CommitClicks.Record(_touched.Sum(b => b.Count));
        var isKept = failure is not null && TryKeep(taken, appends, failure.OutcomeUnknown);
        Clear();
        Answer(taken, failure, isKept);
        Count();
    }

    /// <summary>
    /// What may be in the log already is kept as it was appended, so that its ids tell; else only the clicks that are
    /// kept for visitors who are sent on.
    /// </summary>
    private bool TryKeep(List<PendingClicks> taken, IReadOnlyList<StreamAppend> appends, bool inDoubt)
    {
        if (!inDoubt)
        {
            Clear();
            foreach (var pending in taken)
            {
                if (!pending.MaySpill) continue;
                foreach (ref readonly var click in pending.Clicks) Add(click, pending);
            }

            if (_touched.Count == 0) return true;
            appends = Pack();
        }

        if (!outage.TryKeep(appends, inDoubt)) return false;
        Remember(_touched);
        return true;
    }

    private void Answer(List<PendingClicks> taken, EventLogUnavailableException? failure, bool isKept)
    {
        var answers = Answers.Rent();
        foreach (var pending in taken)
        {
            var clicks = pending.Clicks;
            Release(clicks);
            var outcome = IsAnyRefused(clicks) ? WriteOutcome.Refused
                : failure is null ? WriteOutcome.InLog
                : isKept && pending.MaySpill ? WriteOutcome.KeptHere
                : WriteOutcome.Refused;
            if (outcome == WriteOutcome.KeptHere) IngestionMetrics.SpillClicks.Add(clicks.Length);
            if (outcome == WriteOutcome.Refused) IngestionMetrics.Refused(failure is not null && pending.MaySpill ? ClickReason.SpillFull : ClickReason.Unavailable, clicks.Length);
            else _answered[(int)pending.Source] += clicks.Length;
            answers = answers.Add(pending, outcome);
        }

        answers.Send();
    }

    private bool IsAnyRefused(ReadOnlySpan<EncodedClick> clicks)
    {
        if (_refused.Count == 0) return false;
        foreach (ref readonly var click in clicks)
        {
            if (_refused.Contains(click.Partition)) return true;
        }

        return false;
    }

    private void Clear()
    {
        foreach (var batch in _touched) batch.Clear();
        _touched.Clear();
    }

    private void Count()
    {
        _refused.Clear();
        for (var source = 0; source < _answered.Length; source++)
        {
            if (_answered[source] == 0) continue;
            IngestionMetrics.Accepted(_answered[source], (ClickSource)source);
            _answered[source] = 0;
        }
    }

    private List<StreamAppend> Pack()
    {
        var revision = reference.AppliedRevision;
        var now = time.GetUtcNow();
        return _touched.ConvertAll(b => b.ToAppend(_options, revision, now));
    }

    private async Task AppendAsync(IReadOnlyList<StreamAppend> appends)
    {
        var results = await outage.AppendAsync(appends, _stopping.Token);
        for (var i = 0; i < results.Count; i++)
        {
            if (results[i].Succeeded) continue;
            logger.AppendRefused(appends[i].Stream, results[i].Outcome.ToString());
            _refused.Add(_touched[i].Partition);
        }

        Remember(_touched.Where(b => !_refused.Contains(b.Partition)));
    }

    /// <summary>So that a retry of them is known.</summary>
    private void Remember(IEnumerable<PartitionBatch> batches)
    {
        foreach (var batch in batches)
        {
            foreach (var identity in batch.Identities) _memories[batch.Partition].Add(identity);
        }
    }

    private static ValueTask<WriteOutcome> Refuse(PendingClicks pending)
    {
        IngestionMetrics.Refused(ClickReason.Unavailable, pending.Clicks.Length);
        pending.Abandon();
        return new(WriteOutcome.Refused);
    }

    private Headroom RoomFor(ClickSource source) => source == ClickSource.Batch ? _batchRoom : _clickRoom;

    private void Release(ReadOnlySpan<EncodedClick> clicks)
    {
        foreach (ref readonly var click in clicks) Interlocked.Decrement(ref _waiting[click.Partition]);
    }

    /// <summary>Before the first click: the ends of the partitions, and what is on its way there.</summary>
    private async Task RememberAsync(CancellationToken cancellationToken)
    {
        await RetryTail.ReadAsync(log, _memories, _options.RetryMemoryAtStart, cancellationToken);
        foreach (var left in outage.Leftovers())
        {
            foreach (var click in ClicksRecorded.Read(left.Event.Data.Span))
                _memories[Domain.Streams.Partitioner.PartitionOf(click.AdId, Partitions)].Add(RetryMemory.IdentityOf(click));
        }

        logger.WriterReady(Partitions);
    }
}
