using Adclicks.Domain.Rollups;
using Adclicks.Projections.Schema;

namespace Adclicks.Projections.Aggregation;

/// <summary>All that a lane has counted and not yet flushed, and a bounded number of rows it has.</summary>
internal sealed class LaneBuffer(ProjectionsOptions options)
{
    private readonly CuboidBuffer[] _cuboids = [.. Cuboids.All.Select(c => new CuboidBuffer(c))];

    /// <summary>By <see cref="Dimension"/>.</summary>
    public LocalDictionary[] Dictionaries { get; } = [.. Dimensions.All.Select(_ => new LocalDictionary())];

    public VerdictCounts Verdicts { get; } = new();

    /// <summary>Clicks added since the last flush.</summary>
    public int Clicks { get; private set; }

    /// <summary>How often all numbers were given up: what is kept by number is then void.</summary>
    public int TimesForgotten { get; private set; }

    public RowTable Table(RollupShape shape) => _cuboids[shape.CuboidIndex].Table(shape);

    public Combinations Combinations(RollupShape shape) => _cuboids[shape.CuboidIndex].Combinations;

    public void Add(in ClickFacts click, string verdict)
    {
        foreach (var cuboid in _cuboids) cuboid.Add(click);
        Verdicts.Add(click.Minute, verdict);
        Clicks++;
    }

    /// <summary>What was counted is stored. Beyond its bounds everything is forgotten: it can be read again.</summary>
    public void Flushed()
    {
        Clicks = 0;
        Verdicts.Clear();
        foreach (var cuboid in _cuboids) cuboid.Flushed(options.CachedRows);
        if (Dictionaries.Sum(d => d.Count) <= options.CachedValues) return;
        foreach (var cuboid in _cuboids) cuboid.Clear();
        foreach (var dictionary in Dictionaries) dictionary.Clear();
        TimesForgotten++;
    }
}
