using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Projections.Schema;
using Npgsql;

namespace Adclicks.Projections.Status;

/// <inheritdoc cref="IProjectionStatus"/>
internal sealed class ProjectionStatusReader(NpgsqlDataSource dataSource, IEventLog log, TimeProvider time) : IProjectionStatus
{
    /// <inheritdoc/>
    public async Task<ProjectionStatus?> GetAsync(CancellationToken cancellationToken = default)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        if (await ActiveAsync(connection, cancellationToken) is not { } generation) return null;
        var schema = GenerationTables.Schema(generation);
        var partitions = new List<PartitionStatus>();
        long unknown = 0;
        await using (var command = new NpgsqlCommand($"SELECT partition, lane, revision, clicks, unknown_events FROM {schema}.checkpoints ORDER BY partition", connection))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                var partition = reader.GetInt16(0);
                var now = time.GetUtcNow();
                var last = await log.GetLastRevisionAsync(StreamNames.Clicks(partition), cancellationToken);
                partitions.Add(new PartitionStatus(partition, reader.GetInt16(1), reader.GetInt64(2), last, reader.GetInt64(3), now));
                unknown += reader.GetInt64(4);
            }
        }

        if (partitions.Count == 0) return null;
        var letters = await ScalarAsync<long>(connection, $"SELECT count(*) FROM {schema}.dead_letters", null, cancellationToken);
        var fresh = await ScalarAsync<DateTime?>(connection, """
            SELECT CASE WHEN count(fresh_until) = count(*) THEN min(fresh_until) END FROM adclicks.leases WHERE generation = $1
            """, generation, cancellationToken);
        return new ProjectionStatus(generation, partitions.Sum(p => p.Clicks), letters, unknown, fresh is { } t ? new DateTimeOffset(t) : null, partitions, await DroppedAsync(connection, schema, cancellationToken));
    }

    private static async Task<int?> ActiveAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (!await ScalarAsync<bool>(connection, "SELECT to_regclass('adclicks.generations') IS NOT NULL", null, cancellationToken)) return null;
        return await ScalarAsync<int?>(connection, "SELECT id FROM adclicks.generations WHERE state = 'active'", null, cancellationToken);
    }

    private static async Task<List<DroppedTimes>> DroppedAsync(NpgsqlConnection connection, string schema, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT granularity, from_time, to_time FROM {schema}.{RollupTables.DroppedTimes} ORDER BY 1, 2", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var dropped = new List<DroppedTimes>();
        while (await reader.ReadAsync(cancellationToken))
            dropped.Add(new DroppedTimes(reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetFieldValue<DateTimeOffset>(2)));
        return dropped;
    }

    private static async Task<T?> ScalarAsync<T>(NpgsqlConnection connection, string sql, object? parameter, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        if (parameter is not null) command.Parameters.Add(new() { Value = parameter });
        return await command.ExecuteScalarAsync(cancellationToken) is { } value and not DBNull ? (T)value : default;
    }
}
