using Adclicks.Admin;
using Adclicks.Domain.Billing;
using Adclicks.Domain.Rollups;
using Adclicks.Projections.Reconciliation;

namespace Adclicks.Reconcile;

/// <summary>The times of which the reports still have all counts of a granularity: what retention took cannot be compared.</summary>
internal sealed class HeldTimes(IReadOnlyList<DroppedReport> dropped)
{
    /// <summary>Whether all of a bucket is held.</summary>
    public bool Has(Granularity granularity, long bucketMs) => !Of(granularity).Any(d => d.FromMs <= bucketMs && bucketMs < d.ToMs);

    /// <summary>What is held of a range, in Unix milliseconds.</summary>
    public IEnumerable<(long FromMs, long ToMs)> Within(Granularity granularity, (long FromMs, long ToMs) range)
    {
        var from = range.FromMs;
        foreach (var gap in Of(granularity).OrderBy(d => d.FromMs))
        {
            if (gap.ToMs <= from || gap.FromMs >= range.ToMs) continue;
            if (gap.FromMs > from) yield return (from, gap.FromMs);
            from = gap.ToMs;
        }

        if (from < range.ToMs) yield return (from, range.ToMs);
    }

    /// <summary>What of a range of hours is not held, of the granularities that are asked for.</summary>
    public IReadOnlyList<DroppedReport> GoneFrom(IReadOnlyList<RollupQuestion> questions, (int From, int To) hours)
    {
        var asked = questions.Select(q => q.Granularity.Name()).ToHashSet();
        var (from, to) = (BillingHour.Start(hours.From), BillingHour.Start(hours.To));
        return [.. dropped.Where(d => asked.Contains(d.Granularity) && d.From < to && from < d.To).OrderBy(d => d.From).ThenBy(d => d.Granularity, StringComparer.Ordinal)];
    }

    private IEnumerable<(long FromMs, long ToMs)> Of(Granularity granularity) =>
        dropped.Where(d => d.Granularity == granularity.Name()).Select(d => (d.From.ToUnixTimeMilliseconds(), d.To.ToUnixTimeMilliseconds()));
}
