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
/// The one writer of clicks of this process, a thread: takes all that waits, packs it by partition and appends it in one call.
/// Group commit without a timer, and without the pool's threads, which have requests to read meanwhile. What waits is bounded by
/// partition, and what is under way by requests, so that nobody waits long; beyond that is refused at once. While the log is down,
/// clicks whose visitors are sent on are kept on disk instead, and all others are refused at once; where there is no room for them, they
/// are the <see cref="OverflowWriter"/>'s. A log that does not answer keeps its thread until it does; another one takes over.
/// </summary>
internal sealed class ClickWriter(
    IEventLog log, LogOutage outage, OverflowWriter overflow, ReferenceFeed reference, IOptions<IngestionOptions> options, IOptions<ReferenceFeedOptions> logOptions, IOptions<SpillOptions> spillOptions, TimeProvider time, ILogger<ClickWriter> logger)
    : IHostedService, IDisposable
{
    /// <summary>So many are let in however long answers take: the log of a slow disk is to be used, too.</summary>
    private const int LeastClicks = 128, LeastBatches = 4;

    /// <summary>How late, at the most, a log that does not answer is noticed: by a quarter of the limit.</summary>
    private const int WatchesPerStall = 4;

    private readonly IngestionOptions _options = options.Value;
    private readonly WaitingClicks _waiting = new(logOptions.Value.Partitions, options.Value.MaxWaitingPerPartition);
    private readonly Headroom _clickRoom = new(Math.Min(LeastClicks, options.Value.MaxClicksUnderWay), options.Value.MaxClicksUnderWay, TimeSpan.FromMilliseconds(options.Value.TargetAnswerMs));
    private readonly Headroom _batchRoom = new(Math.Min(LeastBatches, options.Value.MaxBatchesUnderWay), options.Value.MaxBatchesUnderWay, TimeSpan.FromMilliseconds(options.Value.TargetAnswerMs));

    /// <summary>As many batches are read at once as there are cores: more would only take longer, and leave no thread to answer anybody.</summary>
    private readonly SemaphoreSlim _turns = new(Environment.ProcessorCount);

    private readonly PartitionBatch[] _batches = [.. Enumerable.Range(0, logOptions.Value.Partitions).Select(p => new PartitionBatch(p))];
    private readonly RetryMemory[] _memories = [.. Enumerable.Range(0, logOptions.Value.Partitions).Select(_ => new RetryMemory(options.Value.RetryMemoryPerPartition))];
    private readonly List<PartitionBatch> _touched = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeSpan _stall = TimeSpan.FromMilliseconds(spillOptions.Value.StallMs);
    private Timer? _watch;
    private CommitAnswers? _answers;
    private ClickCommit _commit = new();
    private Task _recovering = Task.CompletedTask;

    /// <summary>The number of partitions.</summary>
    public int Partitions => _waiting.Partitions;

    /// <summary>Whether a request that comes in this way would be refused now: to be asked before anything is read of it.</summary>
    public bool IsBusy(ClickSource source) => outage.IsDown || RoomFor(source).IsFull;

    /// <summary>What to encode the clicks of a request into; null where so many are under way that it would wait too long.</summary>
    /// <param name="source">The way in; each has room of its own.</param>
    /// <param name="correlationId">Of the request.</param>
    /// <param name="maySpill">Whether it is kept on this machine while the log is down or has no room.</param>
    public PendingClicks? Begin(ClickSource source, string correlationId, bool maySpill = false)
    {
        var room = RoomFor(source);
        if (room.TryEnter()) return PendingClicks.Rent(room, source == ClickSource.Batch ? _turns : null, source, correlationId, maySpill);
        if (maySpill) return overflow.Begin(source, correlationId);
        IngestionMetrics.Refused(ClickReason.Unavailable);
        return null;
    }

    /// <summary>Completes when the clicks are durable, or refused: then the log is away, busy, or not read yet.</summary>
    public ValueTask<WriteOutcome> WriteAsync(PendingClicks pending)
    {
        pending.EndTurn();
        if (outage.IsDown && !pending.MaySpill) return Refuse(pending);
        // Asked for before it is handed over: it may be answered at once.
        var outcome = pending.Outcome();
        if (!overflow.IsFor(pending) && _waiting.TryAdd(pending)) return outcome;
        return pending.MaySpill && overflow.TryAdd(pending) ? outcome : Refuse(pending);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _recovering = Task.Run(() => outage.RecoverAsync(RememberAsync, _stopping.Token), CancellationToken.None);
        _answers = new(_waiting, _clickRoom, _options.WriterAnswers);
        StartThread(Run);
        overflow.Start();
        _watch = new Timer(_ => TakeOverWhereStalled(), null, _stall / WatchesPerStall, _stall / WatchesPerStall);
        return Task.CompletedTask;
    }

    /// <summary>Takes no more, and returns when all that was taken is answered.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _waiting.Close();
        await using var limit = cancellationToken.Register(_stopping.Cancel);
        await _ended.Task;
        await overflow.StopAsync();
        await _stopping.CancelAsync();
        await _recovering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _watch?.Dispose();
        _turns.Dispose();
        _stopping.Dispose();
    }

    private static void StartThread(ThreadStart run) => new Thread(run) { IsBackground = true, Name = "click writer" }.Start();

    /// <summary>Until no more is taken, or the log kept it so long that another thread has taken over.</summary>
    private void Run()
    {
        var commit = new ClickCommit();
        Volatile.Write(ref _commit, commit);
        while (_waiting.Take(commit.Requests, _options.MaxBytesPerCommit))
        {
            Gather(commit);
            if (!TryAppend(commit)) return;
            End(commit);
        }

        _ended.SetResult();
    }

    private void Gather(ClickCommit commit)
    {
        commit.Start();
        foreach (var pending in commit.Requests)
        {
            foreach (ref readonly var click in pending.Clicks) Add(click, pending);
        }

        // All of them are in the log already: nothing to ask it, and no reason to refuse them.
        if (_touched.Count == 0) return;
        if (outage.IsDown) commit.Failure = new EventLogUnavailableException("The log is down.");
        else commit.Appends = Pack();
    }

    /// <summary>False where the log kept it so long that the commit is another thread's now.</summary>
    private bool TryAppend(ClickCommit commit)
    {
        if (commit.Appends.Count == 0) return true;
        IReadOnlyList<AppendResult> results = [];
        EventLogUnavailableException? failure = null;
        var begun = commit.BeginAppend();
        try
        {
            results = outage.Append(commit.Appends, _stopping.Token);
        }
        catch (EventLogUnavailableException e)
        {
            // Nobody is told that a click is stored, and the next commit stands alone.
            failure = e;
        }

        if (!commit.TryEndAppend(begun)) return false;
        if (failure is null) Note(results, commit);
        else Fail(commit, failure);
        return true;
    }

    private void TakeOverWhereStalled()
    {
        var commit = Volatile.Read(ref _commit);
        if (!commit.TryGiveUp(_stall)) return;
        Fail(commit, outage.GiveUp());
        StartThread(() =>
        {
            End(commit);
            Run();
        });
    }

    private void Fail(ClickCommit commit, EventLogUnavailableException failure)
    {
        commit.Failure = failure;
        logger.AppendFailed(failure.Message, failure);
    }

    private void Note(IReadOnlyList<AppendResult> results, ClickCommit commit)
    {
        for (var i = 0; i < results.Count; i++)
        {
            if (results[i].Succeeded)
            {
                Remember(_touched[i]);
                continue;
            }

            logger.AppendRefused(_touched[i].Stream, results[i].Outcome.ToString());
            commit.Refuse(_touched[i].Partition);
        }
    }

    private void End(ClickCommit commit)
    {
        IngestionMetrics.CommitDuration.Record(commit.Elapsed.TotalSeconds);
        IngestionMetrics.CommitClicks.Record(_touched.Sum(b => b.Count));
        if (commit.Failure is not null) commit.IsKept = TryKeep(commit);
        Clear();
        _answers!.Answer(commit);
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

    /// <summary>
    /// What may be in the log already is kept as it was appended, so that its ids tell; else only the clicks that are
    /// kept for visitors who are sent on.
    /// </summary>
    private bool TryKeep(ClickCommit commit)
    {
        var appends = commit.Appends;
        var inDoubt = commit.Failure!.OutcomeUnknown;
        if (!inDoubt)
        {
            Clear();
            foreach (var pending in commit.Requests)
            {
                if (!pending.MaySpill) continue;
                foreach (ref readonly var click in pending.Clicks) Add(click, pending);
            }

            if (_touched.Count == 0) return true;
            appends = Pack();
        }

        if (!outage.TryKeep(appends, inDoubt)) return false;
        foreach (var batch in _touched) Remember(batch);
        return true;
    }

    private void Clear()
    {
        foreach (var batch in _touched) batch.Clear();
        _touched.Clear();
    }

    private List<StreamAppend> Pack()
    {
        var revision = reference.AppliedRevision;
        var now = time.GetUtcNow();
        return _touched.ConvertAll(b => b.ToAppend(_options, revision, now));
    }

    /// <summary>So that a retry of its clicks is known.</summary>
    private void Remember(PartitionBatch batch)
    {
        foreach (var identity in batch.Identities) _memories[batch.Partition].Add(identity);
    }

    private static ValueTask<WriteOutcome> Refuse(PendingClicks pending)
    {
        IngestionMetrics.Refused(ClickReason.Unavailable, pending.Clicks.Length);
        pending.Abandon();
        return new(WriteOutcome.Refused);
    }

    private Headroom RoomFor(ClickSource source) => source == ClickSource.Batch ? _batchRoom : _clickRoom;

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
