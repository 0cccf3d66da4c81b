using System.ComponentModel.DataAnnotations;

namespace Adclicks.Domain.Dedup;

/// <summary>
/// What counts as a duplicate, and how long clicks are remembered to know it, and for velocity rules. Verdicts depend on
/// all of it: a generation keeps what it was made with.
/// </summary>
public sealed class DedupOptions
{
    /// <summary>Clicks of a visitor on an ad closer together than this are one. 1 to 60 s, in milliseconds.</summary>
    [Range(1_000, 60_000)]
    public int WindowMs { get; set; } = 10_000;

    /// <summary>A click is remembered while it is among this many last ones of its partition …</summary>
    [Range(1, 1_048_576)]
    public int MemoryClicks { get; set; } = 65_536;

    /// <summary>… or was received less than this before the partition's latest, in milliseconds.</summary>
    [Range(0, 3_600_000)]
    public int MemoryMs { get; set; } = 60_000;

    /// <summary>
    /// … but never more clicks than this: a burst, or a node whose clock is ahead, does not fill the memory.
    /// </summary>
    internal int MostClicks => MemoryClicks * 16;
}
