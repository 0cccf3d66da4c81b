using System.ComponentModel.DataAnnotations;

namespace Adclicks.Ingestion.Reference;

/// <summary>Settings of the commands on reference data, from the section <c>Ingestion:Reference</c>.</summary>
public sealed class ReferenceWriteOptions
{
    /// <summary>How often a command is tried when other nodes write in between (default 16).</summary>
    [Range(1, 1000)]
    public int MaxAttempts { get; set; } = 16;

    /// <summary>How many commands may wait for their turn (default 256); more are answered 503.</summary>
    [Range(1, 100_000)]
    public int MaxWaiting { get; set; } = 256;

    /// <summary>How long to wait until this node has applied an event of the log, in milliseconds (default 5,000).</summary>
    [Range(1, 60_000)]
    public int ApplyTimeoutMs { get; set; } = 5000;

    /// <summary>Largest body of a command, in bytes (default 65,536).</summary>
    [Range(1024, 1_048_576)]
    public int MaxBodyBytes { get; set; } = 65_536;

    /// <summary>Most items or versions on a page (default 1,000).</summary>
    [Range(1, 10_000)]
    public int MaxPage { get; set; } = 1000;
}
