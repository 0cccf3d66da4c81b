using System.ComponentModel.DataAnnotations;

namespace Adclicks.Ingestion.Writing.Spill;

/// <summary>Settings of what is kept while the log is down, from the section <c>Ingestion:Spill</c>.</summary>
public sealed class SpillOptions
{
    /// <summary>Where the files are; by default <c>spill</c> in the data directory.</summary>
    public string? Directory { get; set; }

    /// <summary>Bytes of all files (default 256 MiB). Beyond, visitors are sent on and their clicks are not counted.</summary>
    [Range(65_536, 1L << 40)]
    public long MaxBytes { get; set; } = 256 << 20;

    /// <summary>Bytes after which a new file is begun: what is replayed at a time (default 2 MiB).</summary>
    [Range(4_096, 8 << 20)]
    public int SegmentBytes { get; set; } = 2 << 20;

    /// <summary>
    /// Requests for which the log has no room and that may wait for their flush here (default 4,096). Beyond, visitors are sent on and their
    /// clicks are not counted.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxOverflow { get; set; } = 4_096;

    /// <summary>An append that takes longer means that the log is down (default 2 s).</summary>
    [Range(10, 60_000)]
    public int StallMs { get; set; } = 2_000;

    /// <summary>The pause between tries to reach the log again (default 500 ms).</summary>
    [Range(10, 60_000)]
    public int RetryMs { get; set; } = 500;
}
