using Adclicks.Domain.Rollups;
using Adclicks.Projections.Schema;

namespace Adclicks.Projections.Aggregation;

/// <summary>The rows of one cuboid's three tables.</summary>
internal sealed class CuboidBuffer(Cuboid cuboid)
{
    private static readonly int[] BucketMinutes = [.. Granularities.All.Select(g => (int)(g.LengthMs() / 60_000))];
    private readonly int[] _dimensions = [.. cuboid.Dimensions.Select(d => (int)d)];
    private readonly RowTable[] _tables = [.. Granularities.All.Select(_ => new RowTable())];

    public Combinations Combinations { get; } = new(cuboid.Dimensions.Count);

    public RowTable Table(RollupShape shape) => _tables[(int)shape.Granularity];

    public void Add(in ClickFacts click)
    {
        Span<int> values = stackalloc int[DimensionValues.Length];
        for (var i = 0; i < _dimensions.Length; i++) values[i] = click.Values[_dimensions[i]];
        var combination = Combinations.Intern(values[.._dimensions.Length]);
        for (var g = 0; g < _tables.Length; g++)
        {
            var bucket = click.Minute - (click.Minute % BucketMinutes[g]);
            Add(ref _tables[g].Touch(bucket, combination), click);
        }
    }

    /// <summary>The rows are as their tables have them. A table that holds more than that many forgets them.</summary>
    public void Flushed(int maxRows)
    {
        foreach (var table in _tables)
        {
            table.MarkClean();
            if (table.Count > maxRows) table.Clear();
        }

        if (Combinations.Count > maxRows) Clear();
    }

    public void Clear()
    {
        Combinations.Clear();
        foreach (var table in _tables) table.Clear();
    }

    private static void Add(ref RollupRow row, in ClickFacts click)
    {
        row.Gross++;
        if (!click.IsCounted) return;
        row.Click++;
        if (click.IsFraudulent) row.Fraudulent++;
        row.Users.Add(click.User);
        if (click.Ip is { } ip) row.Ips.Add(ip);
    }
}
