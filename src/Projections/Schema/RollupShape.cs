using Adclicks.Domain.Rollups;

namespace Adclicks.Projections.Schema;

/// <summary>One rollup table: a cuboid at a granularity.</summary>
internal sealed class RollupShape
{
    private RollupShape(int index, Cuboid cuboid, Granularity granularity)
    {
        Index = index;
        Cuboid = cuboid;
        Granularity = granularity;
        Table = cuboid.TableName(granularity);
    }

    /// <summary>Its place among the tables of the generation.</summary>
    public int Index { get; }

    public Cuboid Cuboid { get; }

    public Granularity Granularity { get; }

    public string Table { get; }

    /// <summary>What a block's columns are led by.</summary>
    public static IReadOnlyList<string> HeadColumns { get; } =
    [
        Cuboid.SpanColumn, Cuboid.LaneColumn, Cuboid.RunColumn, Cuboid.BlockColumn, Cuboid.RowsColumn, Cuboid.LeadMinColumn, Cuboid.LeadMaxColumn,
    ];

    /// <summary>Every table of a catalogue, in the order in which a flush writes them.</summary>
    public static IReadOnlyList<RollupShape> Make(IEnumerable<Cuboid> cuboids) =>
        [.. (from c in cuboids from g in c.Granularities select (Cuboid: c, Granularity: g)).Select((t, i) => new RollupShape(i, t.Cuboid, t.Granularity))];

    /// <summary>Whether it is the same table in another generation.</summary>
    public bool IsLike(RollupShape other) => Table == other.Table && Cuboid.Dimensions.SequenceEqual(other.Cuboid.Dimensions);
}
