using System.ComponentModel.DataAnnotations;

namespace Adclicks.EventStore.EventStoreDb.Connection;

/// <summary>Limits of the adapter: the section <c>EventStore:EventStoreDb</c>.</summary>
public sealed class EventStoreDbOptions
{
    /// <summary>
    /// The server's own limit for one append, in bytes (its <c>MaxAppendSize</c>). An append without an expected
    /// revision is cut between events to fit; any other, and a single event that is larger, is refused.
    /// </summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxAppendBytes { get; set; } = 1024 * 1024;

    /// <summary>The most appends sent and not yet answered, over all streams.</summary>
    [Range(1, 4096)]
    public int MaxAppendsInFlight { get; set; } = 64;

    /// <summary>Whether appends go over one long-lived call where the server can; false sends each as its own call.</summary>
    public bool BatchAppend { get; set; } = true;

    /// <summary>
    /// How long an append may take over all its tries before the caller is told that the log is unavailable, in
    /// milliseconds. A cluster elects a new leader within about two seconds.
    /// </summary>
    [Range(100, 600_000)]
    public int AppendTimeoutMs { get; set; } = 10_000;

    /// <summary>The first pause before trying again, in milliseconds. Doubles up to <see cref="MaxBackoffMs"/>, with jitter.</summary>
    [Range(1, 60_000)]
    public int MinBackoffMs { get; set; } = 50;

    /// <summary>The longest pause before trying again, in milliseconds.</summary>
    [Range(1, 60_000)]
    public int MaxBackoffMs { get; set; } = 2_000;

    /// <summary>How many times in a row a read without progress is tried again.</summary>
    [Range(0, 1000)]
    public int MaxReadRetries { get; set; } = 5;
}
