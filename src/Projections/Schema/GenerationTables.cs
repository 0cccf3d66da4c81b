using System.Globalization;
using Weasel.Postgresql;
using Weasel.Postgresql.Tables;

namespace Adclicks.Projections.Schema;

/// <summary>The tables of one generation, in a schema of its own.</summary>
internal static class GenerationTables
{
    private const int UpdatedFillFactor = 80;

    public static string Schema(int generation) => "adclicks_g" + generation.ToString(CultureInfo.InvariantCulture);

    /// <summary>All but the rollups: those are partitioned by time, and made by <see cref="RollupTables"/>.</summary>
    public static IEnumerable<Table> All(int generation)
    {
        var schema = Schema(generation);
        return [Checkpoints(schema), DedupSegments(schema), DeadLetters(schema), Verdicts(schema), TimePartitions(schema), DroppedRanges(schema)];
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

    /// <summary>
    /// The partitions of the rollup tables. Of one that is due to go nobody is answered any more, and it waits for the
    /// transactions that may not know it yet (<c>waits_for</c>); one that is going can no longer be written to.
    /// </summary>
    private static Table TimePartitions(string schema)
    {
        var table = new Table(new PostgresqlObjectName(schema, "time_partitions", SchemaUtils.IdentifierUsage.General));
        table.AddColumn("granularity", "text").AsPrimaryKey();
        table.AddColumn("from_time", "timestamptz").AsPrimaryKey();
        table.AddColumn("to_time", "timestamptz").NotNull();
        table.AddColumn("written_at", "timestamptz").NotNull();
        table.AddColumn("due_since", "timestamptz");
        table.AddColumn("waits_for", "text[]");
        table.AddColumn("is_going", "boolean").NotNull().DefaultValueByExpression("false");
        return table;
    }

    /// <summary>Times whose rollups of a granularity were dropped: what has been written there since is not all there was.</summary>
    private static Table DroppedRanges(string schema)
    {
        var table = new Table(new PostgresqlObjectName(schema, "dropped_ranges", SchemaUtils.IdentifierUsage.General));
        table.AddColumn("granularity", "text").AsPrimaryKey();
        table.AddColumn("from_time", "timestamptz").AsPrimaryKey();
        table.AddColumn("to_time", "timestamptz").NotNull();
        return table;
    }
}
