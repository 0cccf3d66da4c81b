using Adclicks.Domain.Clicks;
using Adclicks.EventStore.Reference;
using Adclicks.Ingestion.Diagnostics;
using Microsoft.Extensions.Options;

namespace Adclicks.Ingestion.Writing.Spill;

/// <summary>
/// Keeps on this machine the clicks for which there is no room on the way to the log, and whose visitors are sent on: they cannot send
/// them again. A thread, which takes all that waits, writes it to the spill with one flush and answers; nobody else waits for that disk.
/// What may wait here is bounded; beyond, the spill is taken for full.
/// </summary>
internal sealed class OverflowWriter(LogOutage outage, ReferenceFeed reference, IOptions<IngestionOptions> options, IOptions<ReferenceFeedOptions> logOptions, IOptions<SpillOptions> spillOptions, TimeProvider time)
{
    // Bounded by the requests that may be under way.
    private readonly WaitingClicks _waiting = new(logOptions.Value.Partitions, int.MaxValue);
    private readonly Headroom _room = new(spillOptions.Value.MaxOverflow, spillOptions.Value.MaxOverflow, TimeSpan.MaxValue);
    private readonly PartitionBatch[] _batches = [.. Enumerable.Range(0, logOptions.Value.Partitions).Select(p => new PartitionBatch(p))];
    private readonly List<PartitionBatch> _touched = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What to encode the clicks of a request into that only comes here; null where too many do.</summary>
    public PendingClicks? Begin(ClickSource source, string correlationId)
    {
        if (_room.TryEnter()) return PendingClicks.Rent(_room, null, source, correlationId, maySpill: true);
        IngestionMetrics.Refused(ClickReason.SpillFull);
        return null;
    }

    /// <summary>Whether a request is one of <see cref="Begin"/>.</summary>
    public bool IsFor(PendingClicks pending) => pending.IsIn(_room);

    /// <summary>Takes a request, which is answered when its clicks are on disk; false where no more are taken.</summary>
    public bool TryAdd(PendingClicks pending) => _waiting.TryAdd(pending);

    public void Start() => new Thread(Run) { IsBackground = true, Name = "click overflow" }.Start();

    /// <summary>Takes no more, and returns when all that was taken is answered.</summary>
    public Task StopAsync()
    {
        _waiting.Close();
        return _ended.Task;
    }

    private void Run()
    {
        var taken = new List<PendingClicks>();
        while (_waiting.Take(taken, options.Value.MaxBytesPerCommit))
        {
            Answer(taken, TryKeep(taken));
            taken.Clear();
        }

        _ended.SetResult();
    }

    private bool TryKeep(List<PendingClicks> taken)
    {
        foreach (var pending in taken)
        {
            foreach (ref readonly var click in pending.Clicks)
            {
                var batch = _batches[click.Partition];
                if (batch.Count == 0) _touched.Add(batch);
                batch.Add(click, pending);
            }
        }

        var (revision, now) = (reference.AppliedRevision, time.GetUtcNow());
        var appends = _touched.ConvertAll(b => b.ToAppend(options.Value, revision, now));
        foreach (var batch in _touched) batch.Clear();
        _touched.Clear();
        return outage.TryKeep(appends, inDoubt: false);
    }

    private void Answer(List<PendingClicks> taken, bool isKept)
    {
        var answers = Answers.Rent();
        foreach (var pending in taken)
        {
            var clicks = pending.Clicks;
            _waiting.Release(clicks);
            if (isKept)
            {
                IngestionMetrics.SpillClicks.Add(clicks.Length);
                IngestionMetrics.Accepted(clicks.Length, pending.Source);
            }
            else
            {
                IngestionMetrics.Refused(ClickReason.SpillFull, clicks.Length);
            }

            answers = answers.Add(pending, isKept ? WriteOutcome.KeptHere : WriteOutcome.Refused);
        }

        answers.Send();
    }
}
