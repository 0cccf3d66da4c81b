using Medallion.Threading.Postgres;
using Npgsql;

namespace Adclicks.Projections.Leases;

/// <summary>
/// Connections that hold locks and do nothing else. Each watches itself by statements that last for a minute; whoever waits for the
/// transactions that may be reading tells them apart by their name.
/// </summary>
internal sealed class LockConnections : IDisposable
{
    /// <summary>Their <c>application_name</c>.</summary>
    public const string ApplicationName = "adclicks-locks";

    private readonly NpgsqlDataSource _dataSource;

    /// <summary>To a database.</summary>
    public LockConnections(string connectionString) =>
        _dataSource = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = ApplicationName });

    /// <summary>A lock that one process at a time has.</summary>
    public PostgresDistributedLock Lock(string name) => new(new PostgresAdvisoryLockKey("adclicks." + name, allowHashing: true), _dataSource);

    /// <inheritdoc/>
    public void Dispose() => _dataSource.Dispose();
}
