using System.Diagnostics;
using Adclicks.EventStore;

namespace Adclicks.Ingestion.Writing;

/// <summary>The requests of one commit, and what is known of it. Used again for the next but one.</summary>
internal sealed class ClickCommit
{
    private readonly HashSet<int> _refusedPartitions = [];
    private long _startedAt;

    /// <summary>The requests that wait for it.</summary>
    public List<PendingClicks> Requests { get; } = [];

    /// <summary>What is appended, in the order of the writer's batches; empty where nothing is.</summary>
    public IReadOnlyList<StreamAppend> Appends { get; private set; } = [];

    /// <summary>The append that is under way; null where there is none.</summary>
    public Task<IReadOnlyList<AppendResult>>? Append { get; private set; }

    /// <summary>Why the log did not take it; null where it did.</summary>
    public EventLogUnavailableException? Failure { get; set; }

    /// <summary>Whether, where the log did not take it, clicks that may wait on this machine do.</summary>
    public bool IsKept { get; set; }

    /// <summary>Since it began.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_startedAt);

    /// <summary>Begins it, with nothing to append.</summary>
    public void Start() => (_startedAt, Appends, Append, Failure, IsKept) = (Stopwatch.GetTimestamp(), [], null, null, false);

    /// <summary>Notes what is under way.</summary>
    public void Appending(IReadOnlyList<StreamAppend> appends, Task<IReadOnlyList<AppendResult>> append) => (Appends, Append) = (appends, append);

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
        (Appends, Append, Failure) = ([], null, null);
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
