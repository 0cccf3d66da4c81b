using Adclicks.Domain.Dedup;

namespace Adclicks.Domain.Billing;

/// <summary>Clicks by what became of them. There are few kinds, so a list is enough.</summary>
public sealed class ClickTally
{
    private const string Duplicate = "duplicate:", Marked = "marked:";
    private readonly List<Kind> _kinds = new(2);

    /// <summary>Name of the verdict and number of clicks, in the order of the names (ordinal).</summary>
    public IReadOnlyList<KeyValuePair<string, long>> ByVerdict =>
        [.. _kinds.Select(k => KeyValuePair.Create(k.Verdict, k.Clicks)).OrderBy(k => k.Key, StringComparer.Ordinal)];

    /// <summary>All clicks.</summary>
    public long Gross => Sum("");

    /// <summary>Those that are not counted.</summary>
    public long Duplicates => Sum(Duplicate);

    /// <summary>Those that are counted and that a rule marks.</summary>
    public long Fraudulent => Sum(Marked);

    /// <summary>Those that are paid for: gross = billable + fraudulent + duplicates.</summary>
    public long Billable => Sum(Verdict.Counted.Name);

    /// <summary>Adds clicks.</summary>
    public void Add(string verdict, long clicks)
    {
        for (var i = 0; i < _kinds.Count; i++)
        {
            // Names are the judge's own strings nearly always.
            if (!ReferenceEquals(_kinds[i].Verdict, verdict) && _kinds[i].Verdict != verdict) continue;
            _kinds[i] = new Kind(_kinds[i].Verdict, _kinds[i].Clicks + clicks);
            return;
        }

        _kinds.Add(new Kind(verdict, clicks));
    }

    /// <summary>Adds those of another.</summary>
    public void Add(ClickTally other)
    {
        foreach (var kind in other._kinds) Add(kind.Verdict, kind.Clicks);
    }

    private long Sum(string prefix)
    {
        long sum = 0;
        foreach (var kind in _kinds) sum += kind.Verdict.StartsWith(prefix, StringComparison.Ordinal) ? kind.Clicks : 0;
        return sum;
    }

    private readonly record struct Kind(string Verdict, long Clicks);
}
