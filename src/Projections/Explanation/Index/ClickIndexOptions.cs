using System.ComponentModel.DataAnnotations;

namespace Adclicks.Projections.Explanation.Index;

/// <summary>Section <c>Explain</c>: the index by which clicks are found by their ids.</summary>
public sealed class ClickIndexOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Explain";

    /// <summary>Whether processes that project keep the index. Without it, the log is searched.</summary>
    public bool Index { get; set; } = true;

    /// <summary>How many days the log's events are kept in the index; 0 for all.</summary>
    [Range(0, 36_500)]
    public int WindowDays { get; set; } = 90;

    /// <summary>How often it is looked for new events, in milliseconds. What is not indexed yet is searched.</summary>
    [Range(10, 3_600_000)]
    public int PollMs { get; set; } = 10_000;
}
