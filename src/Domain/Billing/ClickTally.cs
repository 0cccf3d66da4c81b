using Adclicks.Domain.Dedup;

namespace Adclicks.Domain.Billing;

/// <summary>Clicks by what became of them. There are few kinds, and mostly one.</summary>
public sealed class ClickTally
{
    private const string Duplicate = "duplicate:", Marked = "marked:";
    private Kind _first;
    private List<Kind>? _others;

    /// <summary>Name of the verdict and number of clicks, in the order of the names (ordinal).</summary>
    public IReadOnlyList<KeyValuePair<string, long>> ByVerdict =>
        [.. Kinds.Select(k => KeyValuePair.Create(k.Verdict, k.Clicks)).OrderBy(k => k.Key, StringComparer.Ordinal)];

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
        if (_first.Verdict is null || IsOf(_first, verdict))
        {
            _first = new Kind(verdict, _first.Clicks + clicks);
            return;
        }

        _others ??= new(1);
        for (var i = 0; i < _others.Count; i++)
        {
            if (!IsOf(_others[i], verdict)) continue;
            _others[i] = new Kind(verdict, _others[i].Clicks + clicks);
            return;
        }

        _others.Add(new Kind(verdict, clicks));
    }

    /// <summary>Adds those of another.</summary>
    public void Add(ClickTally other)
    {
        foreach (var kind in other.Kinds) Add(kind.Verdict, kind.Clicks);
    }

    private IEnumerable<Kind> Kinds
    {
        get
        {
            if (_first.Verdict is not null) yield return _first;
            foreach (var kind in _others ?? []) yield return kind;
        }
    }

    /// <summary>Names are the judge's own strings nearly always.</summary>
    private static bool IsOf(Kind kind, string verdict) => ReferenceEquals(kind.Verdict, verdict) || kind.Verdict == verdict;

    private long Sum(string prefix)
    {
        long sum = 0;
        foreach (var kind in Kinds) sum += kind.Verdict.StartsWith(prefix, StringComparison.Ordinal) ? kind.Clicks : 0;
        return sum;
    }

    private readonly record struct Kind(string Verdict, long Clicks);
}
