using Npgsql;

namespace Adclicks.Support.Postgres;

/// <summary>
/// One PostgreSQL server for the test process, started on first use: <c>ADCLICKS_TEST_POSTGRES</c> (a connection string
/// with the right to create databases) where set, else the newest local installation as a private cluster in a temporary
/// directory, else a container.
/// </summary>
public static class TestPostgres
{
    private static readonly Lazy<Task<string>> Server = new(StartAsync);

    /// <summary>A fresh, empty database; dropped when disposed.</summary>
    public static async Task<TestDatabase> CreateDatabaseAsync(CancellationToken cancellationToken = default)
    {
        var server = await Server.Value.WaitAsync(cancellationToken);
        var name = "t" + Guid.NewGuid().ToString("N");
        await ExecuteAsync(server, $"CREATE DATABASE {name}", cancellationToken);
        return new TestDatabase(server, name);
    }

    internal static async Task ExecuteAsync(string connectionString, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<string> StartAsync()
    {
        var given = Environment.GetEnvironmentVariable("ADCLICKS_TEST_POSTGRES");
        if (!string.IsNullOrWhiteSpace(given)) return given;
        if (LocalCluster.FindBinaries() is { } binaries) return await LocalCluster.StartAsync(binaries);
        return await ContainerServer.StartAsync();
    }
}
