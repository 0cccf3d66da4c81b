namespace Adclicks.Domain.Rollups;

/// <summary>
/// A rollup by a subset of the dimensions; one table per granularity. The tables, the writer and the query planner
/// all derive from it.
/// </summary>
public sealed class Cuboid
{
    /// <summary>Of a name and dimensions, the one to sort by first.</summary>
    public Cuboid(string name, params IReadOnlyList<Dimension> dimensions)
    {
        Name = name;
        Dimensions = dimensions;
    }

    /// <summary>The start of the hour (of minutes) or day that a block's rows are in, <c>timestamptz</c>.</summary>
    public const string SpanColumn = "span";

    /// <summary>The lane that wrote the block, <c>smallint</c>.</summary>
    public const string LaneColumn = "lane";

    /// <summary>What the lane wrote at once, <c>bigint</c>: within a run no two rows have the same key.</summary>
    public const string RunColumn = "run";

    /// <summary>The number of the block in the run, <c>integer</c>.</summary>
    public const string BlockColumn = "block";

    /// <summary>The rows of the block, <c>integer</c>.</summary>
    public const string RowsColumn = "rows";

    /// <summary>The least id of the first dimension, <c>integer</c>.</summary>
    public const string LeadMinColumn = "lead_min";

    /// <summary>The greatest id of the first dimension, <c>integer</c>.</summary>
    public const string LeadMaxColumn = "lead_max";

    /// <summary>The place of each row's bucket in the span, from 0, as a <see cref="NumberColumn"/>.</summary>
    public const string BucketColumn = "bucket";

    /// <summary>All clicks, as a <see cref="NumberColumn"/>.</summary>
    public const string GrossColumn = "gross";

    /// <summary>Clicks that are not duplicates, as a <see cref="NumberColumn"/>.</summary>
    public const string ClickColumn = "click";

    /// <summary>The marked part of <see cref="ClickColumn"/>, as a <see cref="NumberColumn"/>.</summary>
    public const string FraudulentColumn = "fraudulent";

    /// <summary>HyperLogLog of the visitors behind <see cref="ClickColumn"/>, as a <see cref="SketchColumn"/>.</summary>
    public const string UniqueUsersColumn = "unique_users";

    /// <summary>HyperLogLog of the addresses behind <see cref="ClickColumn"/>, as a <see cref="SketchColumn"/>.</summary>
    public const string UniqueIpsColumn = "unique_ips";

    /// <summary>Lower case, part of the table names.</summary>
    public string Name { get; }

    /// <summary>In the order in which rows are sorted, without repeats.</summary>
    public IReadOnlyList<Dimension> Dimensions { get; }

    /// <summary>Those it has a table for, the finest first.</summary>
    public IReadOnlyList<Granularity> Granularities { get; init; } = Rollups.Granularities.All;

    /// <summary>Rows are sorted by it first, so that a condition on it leaves most blocks unread.</summary>
    public Dimension Lead => Dimensions[0];

    /// <summary>The packed columns of a block, all <c>bytea</c>, in the order of <see cref="BlockBuilder"/>.</summary>
    public IEnumerable<string> PackedColumns =>
        [BucketColumn, .. Dimensions.Select(d => d.Name()), GrossColumn, ClickColumn, FraudulentColumn, UniqueUsersColumn, UniqueIpsColumn];

    /// <summary>Whether every one of the dimensions is in it.</summary>
    public bool Covers(IEnumerable<Dimension> dimensions) => dimensions.All(Dimensions.Contains);

    /// <summary>The table in the schema of a generation.</summary>
    public string TableName(Granularity granularity) => $"rollup_{Name}_{granularity.Name()}";

    /// <inheritdoc/>
    public override string ToString() => Name;
}
