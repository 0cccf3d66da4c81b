namespace Adclicks.Projections.Storage;

/// <summary>The spans of a lane whose runs are to be merged once no clicks have come for them for a while.</summary>
internal sealed class SettlingSpans
{
    /// <summary>More than these wait until the lane is taken up again.</summary>
    private const int MaxSpans = 20_000;

    private readonly Dictionary<(int Table, int Span), long> _due = [];

    /// <summary>Whether those that were there before the lane was taken up are among them.</summary>
    public bool HasEarlier { get; set; }

    /// <summary>A span has been written to, or been looked at without an end.</summary>
    /// <param name="table">Of the generation.</param>
    /// <param name="span">In minutes since the Unix epoch.</param>
    /// <param name="due">The timestamp from which on it is at rest.</param>
    public void Add(int table, int span, long due)
    {
        if (_due.Count < MaxSpans || _due.ContainsKey((table, span))) _due[(table, span)] = due;
    }

    /// <summary>A span was written to before the lane was taken up, and is at rest unless it is known not to be.</summary>
    public void AddEarlier(int table, int span)
    {
        if (_due.Count < MaxSpans) _due.TryAdd((table, span), long.MinValue);
    }

    /// <summary>Takes one that is at rest; false where there is none.</summary>
    public bool TryTake(long now, out (int Table, int Span) found)
    {
        foreach (var (key, due) in _due)
        {
            if (due > now) continue;
            found = key;
            return _due.Remove(key);
        }

        found = default;
        return false;
    }
}
