using System.Diagnostics;
using Adclicks.EventStore;

namespace Adclicks.Ingestion.Writing;

/// <summary>The requests of one commit, and what is known of it. Used again for the next.</summary>
internal sealed class ClickCommit
{
    private const long NotAppending = 0, GivenUp = -1;
    private readonly HashSet<int> _refusedPartitions = [];
    private long _startedAt;
    private long _appendingSince;

    /// <summary>The requests that wait for it.</summary>
    public List<PendingClicks> Requests { get; } = [];

    /// <summary>What is appended, in the order of the writer's batches; empty where nothing is.</summary>
    public IReadOnlyList<StreamAppend> Appends { get; set; } = [];

    /// <summary>Why the log did not take it; null where it did.</summary>
    public EventLogUnavailableException? Failure { get; set; }

    /// <summary>Whether, where the log did not take it, clicks that may wait on this machine do.</summary>
    public bool IsKept { get; set; }

    /// <summary>Since it began.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_startedAt);

    /// <summary>Begins it.</summary>
    public void Start() => _startedAt = Stopwatch.GetTimestamp();

    /// <summary>Notes that the log is asked now. What to end it with.</summary>
    public long BeginAppend() => _appendingSince = Stopwatch.GetTimestamp();

    /// <summary>Notes that the log has answered; false where that was given up meanwhile, and the commit is another thread's.</summary>
    /// <param name="begun">What <see cref="BeginAppend"/> gave.</param>
    public bool TryEndAppend(long begun) => Interlocked.CompareExchange(ref _appendingSince, NotAppending, begun) == begun;

    /// <summary>Gives up an append that takes longer than the limit: from then on the commit is the caller's.</summary>
    public bool TryGiveUp(TimeSpan limit)
    {
        var since = Volatile.Read(ref _appendingSince);
        return since > NotAppending && Stopwatch.GetElapsedTime(since) > limit && Interlocked.CompareExchange(ref _appendingSince, GivenUp, since) == since;
    }

    /// <summary>Notes that the log refused one partition, for good.</summary>
    public void Refuse(int partition) => _refusedPartitions.Add(partition);

    /// <summary>Whether the log took what this partition got.</summary>
    public bool Has(int partition) => !_refusedPartitions.Contains(partition);

    /// <summary>What became of one of the requests.</summary>
    public WriteOutcome OutcomeOf(PendingClicks request)
    {
        if (_refusedPartitions.Count > 0 && IsAnyRefused(request.Clicks)) return WriteOutcome.Refused;
        if (Failure is null) return WriteOutcome.InLog;
        return IsKept && request.MaySpill ? WriteOutcome.KeptHere : WriteOutcome.Refused;
    }

    /// <summary>Forgets it.</summary>
    public void Clear()
    {
        Requests.Clear();
        _refusedPartitions.Clear();
        (Appends, Failure, IsKept) = ([], null, false);
    }

    private bool IsAnyRefused(ReadOnlySpan<EncodedClick> clicks)
    {
        foreach (ref readonly var click in clicks)
        {
            if (!Has(click.Partition)) return true;
        }

        return false;
    }
}
