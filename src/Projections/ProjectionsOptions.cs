using System.ComponentModel.DataAnnotations;
using Adclicks.Domain.Dedup;
using Adclicks.Projections.Retention;

namespace Adclicks.Projections;

/// <summary>Section <c>Projections</c>. Times in milliseconds.</summary>
public sealed class ProjectionsOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Projections";

    /// <summary>Lanes of a new generation: the unit of lease, transaction and flush. 1 to 64; at most the partitions.</summary>
    [Range(1, 64)]
    public int Lanes { get; set; } = 4;

    /// <summary>A lane flushes when it holds this many clicks.</summary>
    [Range(1, 1_000_000)]
    public int FlushClicks { get; set; } = 20_000;

    /// <summary>… or this many, as long as it has not caught up: few large runs are cheaper than many small ones.</summary>
    [Range(1, 10_000_000)]
    public int CatchUpFlushClicks { get; set; } = 250_000;

    /// <summary>… or this long after the first click it holds, while there is more to read.</summary>
    [Range(1, 60_000)]
    public int FlushIntervalMs { get; set; } = 1_000;

    /// <summary>… or this long, while it has far to go.</summary>
    [Range(1, 600_000)]
    public int CatchUpFlushIntervalMs { get; set; } = 10_000;

    /// <summary>… or, once it has read all there is, as soon as its last flush is this long ago.</summary>
    [Range(0, 60_000)]
    public int LiveFlushIntervalMs { get; set; } = 200;

    /// <summary>How long no clicks come for an hour or day of the rollups before a lane that is caught up stores it anew in one piece.</summary>
    [Range(0, 86_400_000)]
    public int SettleAfterMs { get; set; } = 60_000;

    /// <summary>Events (of up to 256 clicks each) read ahead per lane, at least 32 of each partition.</summary>
    [Range(1, 10_000)]
    public int ReadAheadEvents { get; set; } = 64;

    /// <summary>How much the threads that follow the log step back behind those that answer requests, where the cores do not suffice for both; as <c>nice</c> has it.</summary>
    [Range(0, 19)]
    public int Niceness { get; set; } = 5;

    /// <summary>Dimension values a lane keeps in memory between flushes.</summary>
    [Range(1_000, 10_000_000)]
    public int CachedValues { get; set; } = 500_000;

    /// <summary>How long a lane stays with a process that no longer says it is there.</summary>
    [Range(500, 600_000)]
    public int LeaseMs { get; set; } = 6_000;

    /// <summary>How often an idle lane renews its lease and its freshness, and how often a free one is asked for.</summary>
    [Range(10, 60_000)]
    public int HeartbeatMs { get; set; } = 1_000;

    /// <summary>How long a lane waits for the reference data that a click was recorded with; less than its lease.</summary>
    [Range(10, 60_000)]
    public int ReferenceWaitMs { get; set; } = 2_000;

    /// <summary>First wait after a failure; it doubles, with jitter, up to <see cref="RetryMaxMs"/>.</summary>
    [Range(1, 60_000)]
    public int RetryMinMs { get; set; } = 200;

    /// <summary>The longest wait after a failure.</summary>
    [Range(1, 600_000)]
    public int RetryMaxMs { get; set; } = 10_000;

    /// <summary>What counts as a duplicate, and how long clicks are remembered for it. Of the next generation: see <c>rebuild</c>.</summary>
    public DedupOptions Dedup { get; set; } = new();

    /// <summary>How long rollups are kept.</summary>
    public RetentionOptions Retention { get; set; } = new();

    /// <summary>The name under which this process owns lanes; by default one made up at start.</summary>
    public string Owner { get; set; } = $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid():N}";
}
