using Adclicks.Domain.Dedup;
using Adclicks.Domain.Reference;

namespace Adclicks.Domain.InvalidTraffic;

/// <summary>
/// Clicks on one ad by one address, or one visitor, beyond a number within a time. Counted are the clicks before in the
/// log, duplicates included, as far as they are remembered.
/// </summary>
internal sealed class VelocityRules(IEnumerable<VelocityLimit> rules)
{
    private readonly (VelocityScope Per, int MaxClicks, long WindowMs, string Mark)[] _rules =
        [.. rules.Where(r => r is { MaxClicks: > 0, WindowSeconds: > 0 }).Select(r => (r.Per, r.MaxClicks, r.WindowSeconds * 1000L, RuleSet.MarkOf(r.Id)))];

    /// <summary>The mark, or null.</summary>
    /// <param name="earlier">The clicks before.</param>
    /// <param name="click">The one to be judged, not yet among them.</param>
    public string? Find(ClickMemory earlier, in ClickMemory.Entry click)
    {
        foreach (var (per, maxClicks, windowMs, mark) in _rules)
        {
            var source = per == VelocityScope.Ip ? click.Address : click.Visitor;
            if (earlier.Sources(per).HasWithin(source, maxClicks, click.ClickedMs, windowMs)) return mark;
        }

        return null;
    }
}
