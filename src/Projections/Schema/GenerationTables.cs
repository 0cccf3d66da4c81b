using System.Globalization;
using Adclicks.Domain.Rollups;
using Weasel.Postgresql;
using Weasel.Postgresql.Tables;

namespace Adclicks.Projections.Schema;

/// <summary>The tables of one generation, in a schema of its own.</summary>
internal static class GenerationTables
{
    private const int UpdatedFillFactor = 80;

    public static string Schema(int generation) => "adclicks_g" + generation.ToString(CultureInfo.InvariantCulture);

    public static IEnumerable<Table> All(int generation)
    {
        var schema = Schema(generation);
        return
        [
            Checkpoints(schema), DedupSegments(schema), DeadLetters(schema), Verdicts(schema),
            .. RollupShape.All.Select(s => Rollup(schema, s)),
        ];
    }

    /// <summary>Per partition: the last revision projected, and totals of what was projected.</summary>
    private static Table Checkpoints(string schema)
    {
        var table = new Table(new PostgresqlObjectName(schema, "checkpoints", SchemaUtils.IdentifierUsage.General));
        table.AddColumn("partition", "smallint").AsPrimaryKey();
        table.AddColumn("lane", "smallint").NotNull();
        table.AddColumn("revision", "bigint").NotNull();
        table.AddColumn("clicks", "bigint").NotNull();
        table.AddColumn("unknown_events", "bigint").NotNull();
        table.AddColumn("log_clock", "timestamptz");
        table.FillFactor = 50;
        return table;
    }

    /// <summary>What dedup and velocity remember, as the commits added it; in order it restores the exact state.</summary>
    private static Table DedupSegments(string schema)
    {
        var table = new Table(new PostgresqlObjectName(schema, "dedup_segments", SchemaUtils.IdentifierUsage.General));
        table.AddColumn("partition", "smallint").AsPrimaryKey();
        table.AddColumn("segment", "bigint").AsPrimaryKey();
        table.AddColumn("state", "bytea").NotNull();
        return table;
    }

    /// <summary>Events that could not be projected, as they are in the log.</summary>
    private static Table DeadLetters(string schema)
    {
        var table = new Table(new PostgresqlObjectName(schema, "dead_letters", SchemaUtils.IdentifierUsage.General));
        table.AddColumn("stream", "text").AsPrimaryKey();
        table.AddColumn("revision", "bigint").AsPrimaryKey();
        table.AddColumn("event_id", "uuid").NotNull();
        table.AddColumn("event_type", "text").NotNull();
        table.AddColumn("reason", "text").NotNull();
        table.AddColumn("data", "bytea").NotNull();
        table.AddColumn("metadata", "bytea").NotNull();
        table.AddColumn("failed_at", "timestamptz").NotNull();
        table.AddColumn("retry", "boolean").NotNull().DefaultValueByExpression("false");
        return table;
    }

    /// <summary>
    /// Clicks by hour and verdict: <c>counted</c>, <c>duplicate:KIND</c> and <c>marked:RULE</c> add up to gross.
    /// </summary>
    private static Table Verdicts(string schema)
    {
        var table = new Table(new PostgresqlObjectName(schema, "verdicts", SchemaUtils.IdentifierUsage.General));
        table.AddColumn("bucket", "timestamptz").AsPrimaryKey();
        table.AddColumn("lane", "smallint").AsPrimaryKey();
        table.AddColumn("verdict", "text").AsPrimaryKey();
        table.AddColumn("clicks", "bigint").NotNull();
        table.FillFactor = UpdatedFillFactor;
        return table;
    }

    /// <summary>One row per block. The columns of a block lie outside of the row, so that those not asked for are not read.</summary>
    private static Table Rollup(string schema, RollupShape shape)
    {
        var table = new Table(new PostgresqlObjectName(schema, shape.Table, SchemaUtils.IdentifierUsage.General));
        table.AddColumn(Cuboid.SpanColumn, "timestamptz").AsPrimaryKey();
        table.AddColumn(Cuboid.LaneColumn, "smallint").AsPrimaryKey();
        table.AddColumn(Cuboid.RunColumn, "bigint").AsPrimaryKey();
        table.AddColumn(Cuboid.BlockColumn, "integer").AsPrimaryKey();
        table.AddColumn(Cuboid.RowsColumn, "integer").NotNull();
        table.AddColumn(Cuboid.LeadMinColumn, "integer").NotNull();
        table.AddColumn(Cuboid.LeadMaxColumn, "integer").NotNull();
        foreach (var column in shape.Cuboid.PackedColumns) table.AddColumn(column, "bytea").NotNull();
        table.Indexes.Add(new IndexDefinition(shape.Table + "_lead") { Columns = [Cuboid.SpanColumn, Cuboid.LeadMaxColumn, Cuboid.LeadMinColumn] });
        return table;
    }

    /// <summary>Packed columns do not compress further: PostgreSQL is not to try.</summary>
    public static string StorageScript(int generation) => string.Concat(RollupShape.All.Select(s =>
        $"ALTER TABLE {Schema(generation)}.{s.Table} {string.Join(", ", s.Cuboid.PackedColumns.Select(c => $"ALTER {c} SET STORAGE EXTERNAL"))};\n"));
}
