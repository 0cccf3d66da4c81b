using Adclicks.Domain.Rollups;
using Adclicks.Projections.Generations;
using Npgsql;

namespace Adclicks.Projections.Schema;

/// <summary>
/// The rollup tables of a generation: one row per block, partitioned by <c>span</c>. The long columns of a block lie outside of the row, so that
/// those not asked for are not read; they do not compress further, and PostgreSQL is not to try.
/// </summary>
internal static class RollupTables
{
    /// <summary>The times of which a granularity cannot answer any more, in the words of SQL: <c>granularity, from_time, to_time</c>.</summary>
    public const string DroppedTimes = "dropped_times";

    private const char Partitioned = 'p';

    /// <summary>Makes those that are missing.</summary>
    /// <exception cref="InvalidOperationException">They are there and not partitioned.</exception>
    public static async Task CreateAsync(NpgsqlDataSource dataSource, Generation generation, CancellationToken cancellationToken)
    {
        var schema = GenerationTables.Schema(generation.Id);
        var there = await KindsAsync(dataSource, schema, cancellationToken);
        var script = string.Concat(generation.Shapes.Where(s => !there.ContainsKey(s.Table)).Select(s => Script(schema, s)));
        if (generation.Shapes.Count == 0 || generation.Shapes.Any(s => there.GetValueOrDefault(s.Table, Partitioned) != Partitioned))
            throw new InvalidOperationException($"The rollups in schema {schema} are of another version: drop the schemas adclicks and {schema}, and they are built again from the log.");
        if (!there.ContainsKey(DroppedTimes)) script += View(schema);
        if (script.Length == 0) return;
        await using var command = dataSource.CreateCommand(script);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Script(string schema, RollupShape shape)
    {
        var (table, packed) = ($"{schema}.{shape.Table}", shape.Cuboid.PackedColumns.ToArray());
        return $"""
            CREATE TABLE {table} (
              {Cuboid.SpanColumn} timestamptz NOT NULL, {Cuboid.LaneColumn} smallint NOT NULL, {Cuboid.RunColumn} bigint NOT NULL, {Cuboid.BlockColumn} integer NOT NULL,
              {Cuboid.RowsColumn} integer NOT NULL, {Cuboid.LeadMinColumn} integer NOT NULL, {Cuboid.LeadMaxColumn} integer NOT NULL,
              {string.Join(", ", packed.Select(c => $"{c} bytea NOT NULL"))},
              PRIMARY KEY ({Cuboid.SpanColumn}, {Cuboid.LaneColumn}, {Cuboid.RunColumn}, {Cuboid.BlockColumn})) PARTITION BY RANGE ({Cuboid.SpanColumn});
            ALTER TABLE {table} {string.Join(", ", packed.Select(c => $"ALTER {c} SET STORAGE EXTERNAL"))};
            CREATE INDEX {shape.Table}_lead ON {table} ({Cuboid.SpanColumn}, {Cuboid.LeadMaxColumn}, {Cuboid.LeadMinColumn});

            """;
    }

    private static string View(string schema) => $"""
        CREATE VIEW {schema}.{DroppedTimes} AS SELECT granularity, from_time, to_time FROM {schema}.dropped_ranges
        UNION ALL SELECT granularity, from_time, to_time FROM {schema}.time_partitions WHERE due_since IS NOT NULL;
        """;

    private static async Task<Dictionary<string, char>> KindsAsync(NpgsqlDataSource dataSource, string schema, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"SELECT relname::text, relkind FROM pg_class WHERE relnamespace = '{schema}'::regnamespace AND relkind IN ('r', 'p', 'v')");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var kinds = new Dictionary<string, char>();
        while (await reader.ReadAsync(cancellationToken)) kinds[reader.GetString(0)] = reader.GetChar(1);
        return kinds;
    }
}
