using System.ComponentModel.DataAnnotations;

namespace Adclicks.Projections.Billing;

/// <summary>Section <c>Billing</c>.</summary>
public sealed class BillingOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Billing";

    /// <summary>Whether processes that project close hours by themselves.</summary>
    public bool Close { get; set; } = true;

    /// <summary>An hour is closed this long after its end, in minutes; clicks that come later are adjustments.</summary>
    [Range(0, 60 * 24 * 31)]
    public int LatenessMinutes { get; set; } = 15;

    /// <summary>How often it is looked whether an hour is due, in milliseconds.</summary>
    [Range(10, 3_600_000)]
    public int PollMs { get; set; } = 10_000;

    /// <summary>Partitions read at a time.</summary>
    [Range(1, 64)]
    public int Readers { get; set; } = 2;

    /// <summary>Rows of one event on <c>billing</c>; an entry with more is several events.</summary>
    [Range(1, 100_000)]
    public int RowsPerEvent { get; set; } = 1_500;

    /// <summary>Bytes appended to <c>billing</c> at a time, unless one event is larger.</summary>
    [Range(1, 8 << 20)]
    public int AppendBytes { get; set; } = 512 << 10;

    /// <summary>Where the head of the ledger's chain is told after each close: an http(s) URL that is posted to, or a file that gets a line.</summary>
    public string? PublishHeadTo { get; set; }

    /// <summary>How long a post may take, in milliseconds.</summary>
    [Range(100, 600_000)]
    public int PublishTimeoutMs { get; set; } = 10_000;

    internal TimeSpan Lateness => TimeSpan.FromMinutes(LatenessMinutes);
}
