using JasperFx;
using Marten;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace Adclicks.Projections.Schema;

/// <summary>Creates and updates the schemas through Marten, one process at a time.</summary>
internal static class ReadModelSchema
{
    /// <summary>Any number that nothing else locks.</summary>
    private const long AdvisoryLock = 0x6164636C69636B73;

    /// <summary>A store over the shared tables.</summary>
    public static DocumentStore ControlStore(NpgsqlDataSource dataSource) => Store(dataSource, ControlTables.Schema, ControlTables.All());

    /// <summary>A store over the tables of one generation; sessions on it write them.</summary>
    public static DocumentStore GenerationStore(NpgsqlDataSource dataSource, int generation) =>
        Store(dataSource, GenerationTables.Schema(generation), GenerationTables.All(generation));

    /// <summary>Runs something that no other process may do at the same time.</summary>
    public static async Task UnderLockAsync(NpgsqlDataSource dataSource, Func<Task> work, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, "SELECT pg_advisory_lock($1)", cancellationToken);
        try
        {
            await work();
        }
        finally
        {
            await ExecuteAsync(connection, "SELECT pg_advisory_unlock($1)", CancellationToken.None);
        }
    }

    private static DocumentStore Store(NpgsqlDataSource dataSource, string schema, IEnumerable<Table> tables) => DocumentStore.For(options =>
    {
        options.Connection(dataSource);
        options.DatabaseSchemaName = schema;
        options.AutoCreateSchemaObjects = AutoCreate.CreateOrUpdate;
        foreach (var table in tables) options.Storage.ExtendedSchemaObjects.Add(table);
    });

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = AdvisoryLock } } };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
