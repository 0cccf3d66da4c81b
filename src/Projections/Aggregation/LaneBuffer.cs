using Adclicks.Domain.Rollups;

namespace Adclicks.Projections.Aggregation;

/// <summary>All that a lane has counted and not yet flushed.</summary>
internal sealed class LaneBuffer(ProjectionsOptions options)
{
    /// <summary>By <see cref="Dimension"/>.</summary>
    public LocalDictionary[] Dictionaries { get; } = [.. Dimensions.All.Select(_ => new LocalDictionary())];

    public VerdictCounts Verdicts { get; } = new();

    /// <summary>Clicks added since the last flush.</summary>
    public ClickColumns Columns { get; } = new();

    /// <summary>How many they are.</summary>
    public int Clicks => Columns.Count;

    /// <summary>How often all numbers were given up: what is kept by number is then void.</summary>
    public int TimesForgotten { get; private set; }

    public void Add(in ClickFacts click, string verdict)
    {
        Columns.Add(click);
        Verdicts.Add(click.Minute, verdict);
    }

    /// <summary>What was counted is stored. Beyond their bound the values are forgotten: they can be read again.</summary>
    public void Flushed()
    {
        Columns.Clear();
        Verdicts.Clear();
        if (Dictionaries.Sum(d => d.Count) <= options.CachedValues) return;
        foreach (var dictionary in Dictionaries) dictionary.Clear();
        TimesForgotten++;
    }
}
