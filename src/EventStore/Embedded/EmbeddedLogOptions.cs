namespace Adclicks.EventStore.Embedded;

/// <summary>Limits of the embedded log, from the section <c>EventStore:Embedded</c>.</summary>
public sealed class EmbeddedLogOptions
{
    private const int MaxRememberedEventIds = 10_000_000;

    /// <summary>The largest append, all its events together, in bytes (default 8 MiB).</summary>
    public int MaxAppendBytes { get; set; } = 8 << 20;

    /// <summary>Appends that may wait for the next commit (default 100,000). One more is refused as unavailable.</summary>
    public int MaxWaitingAppends { get; set; } = 100_000;

    /// <summary>Bytes that may wait for the next commit (default 64 MiB). More are refused as unavailable.</summary>
    public long MaxWaitingBytes { get; set; } = 64 << 20;

    /// <summary>Bytes of one commit, and so of one write to disk (default 16 MiB).</summary>
    public long MaxCommitBytes { get; set; } = 16 << 20;

    /// <summary>
    /// How long an append may take, in milliseconds (default 5,000). Then its caller is told that the log is unavailable, and so is everybody
    /// who comes while that write is not over. A thread of its own that appends is not let go of.
    /// </summary>
    public int AppendTimeoutMs { get; set; } = 5_000;

    /// <summary>Event ids remembered for idempotent appends without an expected revision (default 100,000; some 50 bytes each).</summary>
    public int RememberedEventIds { get; set; } = 100_000;

    /// <summary>Events a reader takes from disk at a time (default 512).</summary>
    public int ReadPageEvents { get; set; } = 512;

    /// <summary>Bytes a reader takes from disk at a time, unless one event is larger (default 4 MiB).</summary>
    public int ReadPageBytes { get; set; } = 4 << 20;

    /// <summary>
    /// A subscription reads at most this often, in ms (default 100): what a busy stream gets meanwhile is read at once.
    /// A quiet one is delivered without delay.
    /// </summary>
    public int MinReadIntervalMs { get; set; } = 100;

    /// <summary>Memory for blocks that were read, in bytes (default 32 MiB).</summary>
    public long BlockCacheBytes { get; set; } = 32 << 20;

    /// <summary>Memory for events not yet in a table file, in bytes, twice at the most (default 32 MiB).</summary>
    public long WriteBufferBytes { get; set; } = 32 << 20;

    /// <summary>What is wrong with the settings, naming the key; null for nothing.</summary>
    public string? Problem()
    {
        if (MaxAppendBytes < 1024) return "EventStore:Embedded:MaxAppendBytes must be at least 1024.";
        if (MaxWaitingAppends < 1 || MaxWaitingBytes < MaxAppendBytes) return "EventStore:Embedded: MaxWaitingAppends must be at least 1, and MaxWaitingBytes at least MaxAppendBytes.";
        if (MaxCommitBytes < 1) return "EventStore:Embedded:MaxCommitBytes must be at least 1.";
        if (RememberedEventIds is < 1 or > MaxRememberedEventIds) return "EventStore:Embedded:RememberedEventIds must be from 1 to 10000000.";
        if (AppendTimeoutMs is < 10 or > 600_000) return "EventStore:Embedded:AppendTimeoutMs must be from 10 to 600000.";
        if (ReadPageEvents < 1 || ReadPageBytes < 1) return "EventStore:Embedded: ReadPageEvents and ReadPageBytes must be at least 1.";
        if (MinReadIntervalMs is < 0 or > 1000) return "EventStore:Embedded:MinReadIntervalMs must be from 0 to 1000.";
        return BlockCacheBytes < 0 || WriteBufferBytes < 1 << 20 ? "EventStore:Embedded: BlockCacheBytes must not be negative, WriteBufferBytes at least 1 MiB." : null;
    }
}
