using Adclicks.Domain.Rollups;
using Adclicks.Projections.Diagnostics;
using Adclicks.Projections.Generations;
using Adclicks.Projections.Leases;
using Adclicks.Projections.Schema;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Adclicks.Projections.Retention;

/// <summary>
/// Drops the partitions of a generation that are past their retention, in steps that keep nobody waiting. First a partition is
/// said to be due: who begins to read from then on is refused what it holds. When the last transaction that began before has ended,
/// it is claimed, so that no lane writes to it any more; detached, which waits for whoever reads the table and locks nobody out; and
/// dropped. A lane that needs it before it is claimed has it stay. Each step can be taken up where another process left it.
/// </summary>
internal sealed class PartitionRetention(Generation generation, NpgsqlConnection connection, RetentionOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>Those that may be reading this database: what only holds locks is none of them.</summary>
    private const string Transactions = $"""
        SELECT l.virtualtransaction FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
        WHERE l.locktype = 'virtualxid' AND coalesce(a.datname = current_database(), true) AND a.application_name IS DISTINCT FROM '{LockConnections.ApplicationName}'
        """;

    private readonly string _schema = GenerationTables.Schema(generation.Id);

    /// <summary>Goes as far as can be gone now.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var granularity in Granularities.All) await SayDueAsync(granularity, cancellationToken);

        // After the commit of the above: whoever is not among these sees it.
        await ExecuteAsync($"UPDATE {_schema}.time_partitions SET waits_for = ARRAY({Transactions}) WHERE due_since IS NOT NULL AND waits_for IS NULL", cancellationToken);
        await ExecuteAsync($"""
            UPDATE {_schema}.time_partitions SET is_going = true
            WHERE due_since IS NOT NULL AND NOT is_going AND waits_for IS NOT NULL AND NOT EXISTS ({Transactions} AND virtualtransaction = ANY(waits_for))
            """, cancellationToken);
        foreach (var partition in await GoingAsync(cancellationToken)) await DropAsync(partition, cancellationToken);
    }

    private async Task SayDueAsync(Granularity granularity, CancellationToken cancellationToken)
    {
        if (options.Of(granularity) is not { } retention) return;
        var now = time.GetUtcNow().UtcDateTime;
        await ExecuteAsync(
            $"UPDATE {_schema}.time_partitions SET due_since = $1 WHERE granularity = $2 AND due_since IS NULL AND to_time < $3 AND written_at < $4", cancellationToken,
            now, granularity.Name(), now - retention, now - retention - TimePartitions.NoteEvery);
    }

    private async Task<List<TimePartition>> GoingAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT granularity, from_time, to_time FROM {_schema}.time_partitions WHERE is_going ORDER BY 1, 2", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var going = new List<TimePartition>();
        while (await reader.ReadAsync(cancellationToken))
            going.Add(new TimePartition(Granularities.All.Single(g => g.Name() == reader.GetString(0)), reader.GetDateTime(1), reader.GetDateTime(2)));
        return going;
    }

    private async Task DropAsync(TimePartition partition, CancellationToken cancellationToken)
    {
        var shapes = generation.Shapes.Where(s => s.Granularity == partition.Granularity).ToArray();
        foreach (var shape in shapes) await DetachAsync(shape, partition.TableOf(shape), cancellationToken);
        var tables = shapes.Select(s => $"{_schema}.{partition.TableOf(s)}").ToArray();
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await ExtentAsync(tables, partition.Granularity, cancellationToken) is { } extent) await NoteDroppedAsync(partition.Granularity, extent, cancellationToken);
        await ExecuteAsync(
            $"DELETE FROM {_schema}.time_partitions WHERE granularity = $1 AND from_time = $2", cancellationToken, partition.Granularity.Name(), partition.From);
        await ExecuteAsync($"DROP TABLE {string.Join(", ", tables)}", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        logger.RollupsDropped(generation.Id, partition.Granularity.Name(), partition.From, partition.To);
    }

    /// <summary>Unless it is detached already. One that was given up halfway has to be ended in another way.</summary>
    private async Task DetachAsync(RollupShape shape, string table, CancellationToken cancellationToken)
    {
        await using var find = new NpgsqlCommand($"SELECT inhdetachpending FROM pg_inherits WHERE inhrelid = '{_schema}.{table}'::regclass", connection);
        if (await find.ExecuteScalarAsync(cancellationToken) is bool isPending)
            await ExecuteAsync($"ALTER TABLE {_schema}.{shape.Table} DETACH PARTITION {_schema}.{table} {(isPending ? "FINALIZE" : "CONCURRENTLY")}", cancellationToken);
    }

    /// <summary>The times that there are rows of; null where there are none.</summary>
    private async Task<(DateTime From, DateTime To)?> ExtentAsync(string[] tables, Granularity granularity, CancellationToken cancellationToken)
    {
        var each = string.Join(" UNION ALL ", tables.Select(t => $"SELECT min({Cuboid.SpanColumn}) AS first, max({Cuboid.SpanColumn}) AS last FROM {t}"));
        await using var command = new NpgsqlCommand($"SELECT min(first), max(last) FROM ({each}) e", connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) && !await reader.IsDBNullAsync(0, cancellationToken)
            ? (reader.GetDateTime(0), reader.GetDateTime(1).AddMilliseconds(granularity.SpanMs()))
            : null;
    }

    /// <summary>Ranges less than a day apart become one, so that there are few.</summary>
    private Task NoteDroppedAsync(Granularity granularity, (DateTime From, DateTime To) range, CancellationToken cancellationToken) => ExecuteAsync(
        $"""
        WITH near AS (
          DELETE FROM {_schema}.dropped_ranges WHERE granularity = $1 AND from_time <= $3::timestamptz + interval '1 day' AND to_time >= $2::timestamptz - interval '1 day'
          RETURNING from_time, to_time)
        INSERT INTO {_schema}.dropped_ranges (granularity, from_time, to_time) SELECT $1, least($2, min(from_time)), greatest($3, max(to_time)) FROM near
        """, cancellationToken, granularity.Name(), range.From, range.To);

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
