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
        DimensionColumns = [.. cuboid.Dimensions.Select(d => d.Name())];
    }

    /// <summary>Every table, in the order in which a flush writes them.</summary>
    public static IReadOnlyList<RollupShape> All { get; } = Make(Cuboids.All);

    /// <summary>Its place in <see cref="All"/>.</summary>
    public int Index { get; }

    public int CuboidIndex { get; }

    public Cuboid Cuboid { get; }

    public Granularity Granularity { get; }

    public string Table { get; }

    public IReadOnlyList<string> DimensionColumns { get; }

    /// <summary>Bucket, lane where there is one, dimensions.</summary>
    public IEnumerable<string> KeyColumns =>
        [Cuboid.BucketColumn, .. Cuboid.HasLane ? [Cuboid.LaneColumn] : Array.Empty<string>(), .. DimensionColumns];

    public static IReadOnlyList<string> ValueColumns { get; } =
    [
        Cuboid.GrossColumn, Cuboid.ClickColumn, Cuboid.FraudulentColumn, Cuboid.UniqueUsersColumn, Cuboid.UniqueIpsColumn,
    ];

    public static IReadOnlyList<RollupShape> Make(IReadOnlyList<Cuboid> cuboids) =>
        [.. from c in cuboids.Index() from g in Granularities.All select new RollupShape((c.Index * Granularities.All.Count) + (int)g, c.Index, c.Item, g)];
}
