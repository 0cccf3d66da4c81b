namespace Adclicks.Domain.Billing;

/// <summary>
/// What a partition has for the closes to come: the clicks of hours still open, and those that came for hours already closed. For one
/// thread.
/// </summary>
/// <param name="closedThrough">The last hour closed.</param>
/// <param name="covered">The last revision that closes have covered.</param>
public sealed class PartitionBook(int closedThrough, long covered) : IJudgedClicks
{
    private readonly CanonicalWriter _scratch = new();
    private readonly AdTable _ads = new();
    private readonly SortedDictionary<int, ClickSet> _open = [];
    private ClickSet? _late;

    /// <summary>The hours with clicks that are not closed, in order.</summary>
    public IEnumerable<int> OpenHours => _open.Keys;

    /// <summary>Clicks beyond what is covered, of hours already closed.</summary>
    public ClickSet Late => _late ??= new ClickSet(_ads);

    /// <summary>Events beyond what is covered that were refused.</summary>
    public long RefusedEvents { get; private set; }

    /// <summary>Adds the next click. What the closes so far were about is left out.</summary>
    public void Add(in JudgedClick click)
    {
        if (click.Hour > closedThrough) Open(click.Hour).Add(click, _scratch);
        else if (click.Revision > covered) Late.Add(click, _scratch);
    }

    /// <summary>An event was refused.</summary>
    public void Refuse(long revision)
    {
        if (revision > covered) RefusedEvents++;
    }

    /// <summary>The clicks of an open hour; null for none.</summary>
    public ClickSet? Find(int hour) => _open.GetValueOrDefault(hour);

    /// <summary>A close was written: what it is about is no longer kept.</summary>
    public void Close(int through, long revision)
    {
        (closedThrough, covered) = (through, revision);
        foreach (var hour in _open.Keys.TakeWhile(h => h <= through).ToArray()) _open.Remove(hour);
        _late = null;
        RefusedEvents = 0;
    }

    private ClickSet Open(int hour)
    {
        if (!_open.TryGetValue(hour, out var set)) _open[hour] = set = new ClickSet(_ads);
        return set;
    }
}
