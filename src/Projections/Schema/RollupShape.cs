using Adclicks.Domain.Rollups;

namespace Adclicks.Projections.Schema;

/// <summary>One rollup table: a cuboid at a granularity.</summary>
internal sealed class RollupShape
{
    private RollupShape(int index, int cuboidIndex, Cuboid cuboid, Granularity granularity)
    {
        Index = index;
        CuboidIndex = cuboidIndex;
        Cuboid = cuboid;
        Granularity = granularity;
        Table = cuboid.TableName(granularity);
    }

    /// <summary>Every table, in the order in which a flush writes them.</summary>
    public static IReadOnlyList<RollupShape> All { get; } = Make(Cuboids.All);

    /// <summary>Its place in <see cref="All"/>.</summary>
    public int Index { get; }

    public int CuboidIndex { get; }

    public Cuboid Cuboid { get; }

    public Granularity Granularity { get; }

    public string Table { get; }

    /// <summary>What a block's columns are led by.</summary>
    public static IReadOnlyList<string> HeadColumns { get; } =
    [
        Cuboid.SpanColumn, Cuboid.LaneColumn, Cuboid.RunColumn, Cuboid.BlockColumn, Cuboid.RowsColumn, Cuboid.LeadMinColumn, Cuboid.LeadMaxColumn,
    ];

    public static IReadOnlyList<RollupShape> Make(IReadOnlyList<Cuboid> cuboids) =>
        [.. from c in cuboids.Index() from g in Granularities.All select new RollupShape((c.Index * Granularities.All.Count) + (int)g, c.Index, c.Item, g)];
}
