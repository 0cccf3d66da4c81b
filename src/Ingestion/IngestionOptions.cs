using System.ComponentModel.DataAnnotations;

namespace Adclicks.Ingestion;

/// <summary>Settings of ingestion, from the section <c>Ingestion</c>.</summary>
public sealed class IngestionOptions
{
    /// <summary>The name of this node in event metadata; by default the machine's.</summary>
    public string Node { get; set; } = Environment.MachineName;

    /// <summary>A GeoLite2 or GeoIP2 City database (<c>.mmdb</c>).</summary>
    public string? GeoDatabase { get; set; }

    /// <summary>The rules of uap-core (<c>regexes.yaml</c>).</summary>
    public string? UserAgentRules { get; set; }

    /// <summary>The list of crawlers (<c>crawler-user-agents.json</c>).</summary>
    public string? CrawlerList { get; set; }

    /// <summary>Addresses whose place is remembered (default 65,536).</summary>
    [Range(16, 10_000_000)]
    public int GeoCacheEntries { get; set; } = 65_536;

    /// <summary>User agents whose interpretation is remembered (default 20,000; up to about 2 KB each).</summary>
    [Range(16, 1_000_000)]
    public int UserAgentCacheEntries { get; set; } = 20_000;

    /// <summary>How far a client's time may be ahead of ours, in milliseconds (default 5 minutes). Beyond, ours is used.</summary>
    [Range(0, 86_400_000)]
    public long MaxAheadMs { get; set; } = 300_000;

    /// <summary>Clicks in one event of the log (default 256).</summary>
    [Range(1, 4096)]
    public int MaxClicksPerEvent { get; set; } = 256;

    /// <summary>Bytes of clicks in one event of the log, unless one click is larger (default 512 KiB).</summary>
    [Range(1024, 900_000)]
    public int MaxBytesPerEvent { get; set; } = 512 << 10;

    /// <summary>Bytes of clicks in one commit (default 8 MiB).</summary>
    [Range(65_536, 256 << 20)]
    public int MaxBytesPerCommit { get; set; } = 8 << 20;

    /// <summary>Clicks of one partition that may wait for the log (default 16,384). One more is refused with 503.</summary>
    [Range(1, 1_000_000)]
    public int MaxWaitingPerPartition { get; set; } = 16_384;

    /// <summary>
    /// Requests with one click that may be on their way to the log at once (default 1,024); fewer while answers take longer than
    /// <see cref="TargetAnswerMs"/>. One more is refused with 503.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxClicksUnderWay { get; set; } = 1_024;

    /// <summary>Batches likewise, from when they are read (default 2 for each core, and one more): what there are more of would only wait for each other.</summary>
    [Range(1, 10_000)]
    public int MaxBatchesUnderWay { get; set; } = (2 * Environment.ProcessorCount) + 1;

    /// <summary>What an answer may take, in milliseconds, before fewer requests are let in (default 40).</summary>
    [Range(1, 60_000)]
    public int TargetAnswerMs { get; set; } = 40;

    /// <summary>
    /// Whether the thread that writes to the log also answers requests with one click; else the pool does. By default where there are
    /// two cores or fewer.
    /// </summary>
    public bool WriterAnswers { get; set; } = Environment.ProcessorCount <= 2;

    /// <summary>
    /// Whether the thread that polls the sockets also reads pixels; else the pool does. By default where there are two cores or fewer.
    /// </summary>
    public bool SocketThreadReads { get; set; } = Environment.ProcessorCount <= 2;

    /// <summary>Clicks of a partition that a retry is recognised against (default 16,384; about 50 bytes each).</summary>
    [Range(0, 1_000_000)]
    public int RetryMemoryPerPartition { get; set; } = 16_384;

    /// <summary>Clicks at the end of a partition that are read into that memory at start (default 2,048).</summary>
    [Range(0, 1_000_000)]
    public int RetryMemoryAtStart { get; set; } = 2_048;

    /// <summary>Clicks in one batch request (default 1,000).</summary>
    [Range(1, 10_000)]
    public int MaxBatchClicks { get; set; } = 1_000;

    /// <summary>Bytes of a batch request (default 8 MiB).</summary>
    [Range(1024, 256 << 20)]
    public int MaxBatchBytes { get; set; } = 8 << 20;

    /// <summary>Bytes of a request with one click, and of each click of a batch (default 64 KiB).</summary>
    [Range(1024, 16 << 20)]
    public int MaxEventBytes { get; set; } = 64 << 10;

    /// <summary>Events a second on <c>rejected-clicks</c> at the most (default 100); more are counted and dropped.</summary>
    [Range(0, 100_000)]
    public int MaxRejectionsPerSecond { get; set; } = 100;
}
