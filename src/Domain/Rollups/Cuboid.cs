namespace Adclicks.Domain.Rollups;

/// <summary>
/// A rollup by a subset of the dimensions; one table per granularity. The tables, the writer and the query planner
/// all derive from it.
/// </summary>
public sealed class Cuboid
{
    internal Cuboid(string name, params Dimension[] dimensions)
    {
        Name = name;
        Dimensions = dimensions;
    }

    /// <summary>The start of the bucket, <c>timestamptz</c>.</summary>
    public const string BucketColumn = "bucket";

    /// <summary>The lane that owns the row, <c>smallint</c>; only where <see cref="HasLane"/>.</summary>
    public const string LaneColumn = "lane";

    /// <summary>All clicks, <c>bigint</c>.</summary>
    public const string GrossColumn = "gross";

    /// <summary>Clicks that are not duplicates, <c>bigint</c>.</summary>
    public const string ClickColumn = "click";

    /// <summary>The marked part of <see cref="ClickColumn"/>, <c>bigint</c>.</summary>
    public const string FraudulentColumn = "fraudulent";

    /// <summary>HyperLogLog of the visitors behind <see cref="ClickColumn"/>, <c>bytea</c>.</summary>
    public const string UniqueUsersColumn = "unique_users";

    /// <summary>HyperLogLog of the addresses behind <see cref="ClickColumn"/>, <c>bytea</c>.</summary>
    public const string UniqueIpsColumn = "unique_ips";

    /// <summary>Lower case, part of the table names.</summary>
    public string Name { get; }

    /// <summary>In the order of the key, without repeats.</summary>
    public IReadOnlyList<Dimension> Dimensions { get; }

    /// <summary>
    /// Whether the key has the lane: without the ad among the dimensions several lanes would write the same row.
    /// Readers add up over lanes.
    /// </summary>
    public bool HasLane => !Dimensions.Contains(Dimension.Ad);

    /// <summary>Whether every one of the dimensions is in it.</summary>
    public bool Covers(IEnumerable<Dimension> dimensions) => dimensions.All(Dimensions.Contains);

    /// <summary>The table in the schema of a generation.</summary>
    public string TableName(Granularity granularity) => $"rollup_{Name}_{granularity.Name()}";

    /// <inheritdoc/>
    public override string ToString() => Name;
}
