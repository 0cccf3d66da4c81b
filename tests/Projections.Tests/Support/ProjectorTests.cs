using Adclicks.Support.Postgres;
using Adclicks.Tests.Support;
using Npgsql;

namespace Adclicks.Projections.Tests.Support;

/// <summary>Tests with a log and a database of their own, to be projected and looked into.</summary>
public abstract class ProjectorTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected MemoryEventLog Log { get; } = new();

    protected NpgsqlDataSource Sql { get; private set; } = null!;

    protected string ConnectionString => _database.ConnectionString;

    public async ValueTask InitializeAsync()
    {
        _database = await TestPostgres.CreateDatabaseAsync(Token);
        Sql = NpgsqlDataSource.Create(_database.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await Sql.DisposeAsync();
        await _database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task ExecuteAsync(string sql)
    {
        await using var command = Sql.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Token);
    }

    protected async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Sql.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(Token))!;
    }
}
