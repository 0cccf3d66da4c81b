using Adclicks.Domain.Rollups;
using Adclicks.Projections.Schema;

namespace Adclicks.Projections.Storage;

/// <summary>The statements of one rollup table. The lane is parameter 1 where the key has it.</summary>
internal sealed class RollupSql
{
    private RollupSql(string schema, RollupShape shape)
    {
        var table = $"{schema}.{shape.Table}";
        string[] unnested = [Cuboid.BucketColumn, .. shape.DimensionColumns];
        var first = shape.Cuboid.HasLane ? 2 : 1;
        var keys = Parameters(first, "timestamptz[]", [.. shape.DimensionColumns.Select(_ => "integer[]")]);
        var counters = RollupShape.ValueColumns.Take(3).ToArray();
        var sketches = RollupShape.ValueColumns.Skip(3).ToArray();
        var same = string.Join(" AND ", unnested.Select(c => $"t.{c} = n.{c}")) + (shape.Cuboid.HasLane ? $" AND t.{Cuboid.LaneColumn} = $1" : "");
        var values = string.Join(", ", RollupShape.ValueColumns.Select(c => "t." + c));

        Find = $"""
            SELECT n.position::integer, {values}
            FROM unnest({keys}) WITH ORDINALITY AS n ({string.Join(", ", unnested)}, position)
            JOIN {table} t ON {same}
            """;

        var next = first + unnested.Length;
        var numbers = string.Join(", ", Enumerable.Range(next, 5).Select(p => $"${p}::{(p < next + 3 ? "bigint[]" : "bytea[]")}"));
        var sets = string.Join(", ", RollupShape.ValueColumns.Select(c => $"{c} = n.{c}"));
        Update = $"""
            UPDATE {table} t SET {sets}
            FROM unnest({keys}, {numbers}) AS n ({string.Join(", ", [.. unnested, .. counters, .. sketches])})
            WHERE {same}
            """;

        Copy = $"COPY {table} ({string.Join(", ", [.. shape.KeyColumns, .. RollupShape.ValueColumns])}) FROM STDIN (FORMAT BINARY)";
    }

    /// <summary>Position (from 1) and values of the rows that are there.</summary>
    public string Find { get; }

    /// <summary>Sets the values of rows that are there.</summary>
    public string Update { get; }

    /// <summary>Adds rows that are not there.</summary>
    public string Copy { get; }

    /// <summary>By <see cref="RollupShape.Index"/>.</summary>
    public static RollupSql[] All(string schema) => [.. RollupShape.All.Select(s => new RollupSql(schema, s))];

    private static string Parameters(int first, params string[] head) => string.Join(", ", head.Select((t, i) => $"${first + i}::{t}"));

    private static string Parameters(int first, string bucket, string[] dimensions) => Parameters(first, [bucket, .. dimensions]);
}
