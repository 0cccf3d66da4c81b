using Weasel.Postgresql;
using Weasel.Postgresql.Tables;

namespace Adclicks.Projections.Schema;

/// <summary>The tables of schema <c>adclicks</c>: what all generations share.</summary>
internal static class ControlTables
{
    public const string Schema = "adclicks";

    public static IEnumerable<Table> All() => [Generations(), Dictionary(), Leases(), Projectors()];

    /// <summary>
    /// One row per set of read models. At most one is <c>active</c>; others are <c>building</c>, <c>standby</c> or
    /// <c>retired</c>. Its lanes keep back what was logged after <c>hold_at</c>.
    /// </summary>
    private static Table Generations()
    {
        var table = new Table(new PostgresqlObjectName(Schema, "generations", SchemaUtils.IdentifierUsage.General));
        table.AddColumn("id", "integer").AsPrimaryKey();
        table.AddColumn("state", "text").NotNull();
        table.AddColumn("lanes", "smallint").NotNull();
        table.AddColumn("partitions", "smallint").NotNull();
        table.AddColumn("rules", "text").NotNull();
        table.AddColumn("cuboids", "text").NotNull().DefaultValueByString("[]");
        table.AddColumn("created_at", "timestamptz").NotNull();
        table.AddColumn("activated_at", "timestamptz");
        table.AddColumn("hold_at", "timestamptz");
        table.Indexes.Add(new IndexDefinition("generations_one_active") { Columns = ["state"], IsUnique = true, Predicate = "state = 'active'" });
        return table;
    }

    /// <summary>
    /// Dimension values and the ids that stand for them in rollups; ids are shared by all generations. Values can be
    /// longer than an index entry may be, so <c>hash</c> (SHA-256 of the UTF-8, first 16 bytes) stands for them.
    /// </summary>
    private static Table Dictionary()
    {
        var table = new Table(new PostgresqlObjectName(Schema, "dictionary", SchemaUtils.IdentifierUsage.General));
        table.AddColumn("dimension", "text").AsPrimaryKey();
        table.AddColumn("id", "integer").AsPrimaryKey();
        table.AddColumn("value", "text").NotNull();
        table.AddColumn("hash", "bytea").NotNull();
        table.Indexes.Add(new IndexDefinition("dictionary_by_hash") { Columns = ["dimension", "hash"], IsUnique = true });
        table.Indexes.Add(new IndexDefinition("dictionary_by_value") { Columns = ["value"], Method = IndexMethod.hash });
        return table;
    }

    /// <summary>
    /// One row per lane of a generation: who may write it (every commit checks owner and epoch), and the time up to which
    /// every acknowledged click is projected. One that <c>takes_from</c> another generation begins with what its lane there has.
    /// </summary>
    private static Table Leases()
    {
        var table = new Table(new PostgresqlObjectName(Schema, "leases", SchemaUtils.IdentifierUsage.General));
        table.AddColumn("generation", "integer").AsPrimaryKey();
        table.AddColumn("lane", "smallint").AsPrimaryKey();
        table.AddColumn("epoch", "bigint").NotNull();
        table.AddColumn("owner", "text");
        table.AddColumn("expires_at", "timestamptz");
        table.AddColumn("fresh_until", "timestamptz");
        table.AddColumn("takes_from", "integer");
        table.FillFactor = 50;
        return table;
    }

    /// <summary>The processes that project, and when they were last heard of: lanes are shared among them.</summary>
    private static Table Projectors()
    {
        var table = new Table(new PostgresqlObjectName(Schema, "projectors", SchemaUtils.IdentifierUsage.General));
        table.AddColumn("owner", "text").AsPrimaryKey();
        table.AddColumn("seen_at", "timestamptz").NotNull();
        return table;
    }
}
