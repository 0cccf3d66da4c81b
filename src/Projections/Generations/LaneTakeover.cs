using Adclicks.Domain.Rollups;
using Adclicks.Domain.Streams;
using Adclicks.Projections.Leases;
using Adclicks.Projections.Retention;
using Adclicks.Projections.Schema;
using Adclicks.Projections.Storage;
using Npgsql;

namespace Adclicks.Projections.Generations;

/// <summary>
/// Gives a lane what it has in another generation: counts, what dedup remembers, dead letters and checkpoints, of one snapshot and in one
/// transaction. From there on the lane projects the log like any other.
/// </summary>
internal sealed class LaneTakeover(Generation generation, TimePartitions partitions, NpgsqlDataSource dataSource, LeaseStore leases)
{
    /// <summary>The lane is to be acquired again, under an epoch above all that its rows were written with: runs are numbered by it.</summary>
    private const string Done = """
        UPDATE adclicks.leases l SET takes_from = NULL, owner = NULL, expires_at = NULL, epoch = greatest(l.epoch, s.epoch), fresh_until = s.fresh_until
        FROM (SELECT max(epoch) AS epoch, max(fresh_until) AS fresh_until FROM adclicks.leases WHERE generation = $3 AND lane = $2) s
        WHERE l.generation = $1 AND l.lane = $2
        """;

    private readonly string _schema = GenerationTables.Schema(generation.Id);

    /// <summary>Does it, and gives the lane up. A generation that is no more has nothing to give: the lane is then built from the log.</summary>
    /// <exception cref="LaneConflictException">The lease is lost.</exception>
    public async Task RunAsync(Lease lease, int from, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        await using (var renew = new NpgsqlCommand(LeaseStore.Renew, connection))
        {
            foreach (var parameter in leases.RenewParameters(lease, null)) renew.Parameters.Add(parameter);
            if (await renew.ExecuteNonQueryAsync(cancellationToken) != 1) throw new LaneConflictException("Another process has raised the epoch.");
        }

        var source = GenerationTables.Schema(from);
        if (await IsThereAsync(connection, source, cancellationToken)) await CopyAsync(connection, source, lease.Lane, cancellationToken);
        await ExecuteAsync(connection, Done, cancellationToken, lease.Generation, (short)lease.Lane, from);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task CopyAsync(NpgsqlConnection connection, string source, int lane, CancellationToken cancellationToken)
    {
        await partitions.EnsureAsync(await DaysAsync(connection, source, lane, cancellationToken), cancellationToken);
        var streams = generation.PartitionsOf(lane).Select(StreamNames.Clicks).ToArray();
        await ExecuteAsync(connection, $"""
            UPDATE {_schema}.checkpoints c SET revision = s.revision, clicks = s.clicks, unknown_events = s.unknown_events, log_clock = s.log_clock
            FROM {source}.checkpoints s WHERE s.partition = c.partition AND c.lane = $1
            """, cancellationToken, (short)lane);
        await InsertAsync(connection, source, "dedup_segments", "partition = ANY($1)", generation.PartitionsOf(lane).Select(p => (short)p).ToArray(), cancellationToken);
        await InsertAsync(connection, source, "dead_letters", "stream = ANY($1)", streams, cancellationToken);
        await InsertAsync(connection, source, "verdicts", "lane = $1", (short)lane, cancellationToken);
        foreach (var shape in generation.Shapes) await InsertAsync(connection, source, shape.Table, $"{Cuboid.LaneColumn} = $1", (short)lane, cancellationToken);

        // What it has no longer, the two together have not either.
        await ExecuteAsync(connection, $"""
            INSERT INTO {_schema}.dropped_ranges (granularity, from_time, to_time)
            SELECT granularity, from_time, max(to_time) FROM {source}.{RollupTables.DroppedTimes} GROUP BY 1, 2 ON CONFLICT DO NOTHING
            """, cancellationToken);
    }

    private async Task InsertAsync(NpgsqlConnection connection, string source, string table, string where, object parameter, CancellationToken cancellationToken)
    {
        await using var names = new NpgsqlCommand("SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped", connection)
        {
            Parameters = { new() { Value = $"{_schema}.{table}" } },
        };
        var columns = (string)(await names.ExecuteScalarAsync(cancellationToken))!;
        await ExecuteAsync(connection, $"INSERT INTO {_schema}.{table} ({columns}) SELECT {columns} FROM {source}.{table} WHERE {where}", cancellationToken, parameter);
    }

    /// <summary>Those that the lane has rows of.</summary>
    private async Task<List<DateTime>> DaysAsync(NpgsqlConnection connection, string source, int lane, CancellationToken cancellationToken)
    {
        var each = generation.Shapes.Select(s => $"SELECT date_trunc('day', {Cuboid.SpanColumn}, 'UTC') FROM {source}.{s.Table} WHERE {Cuboid.LaneColumn} = $1");
        await using var command = new NpgsqlCommand(string.Join(" UNION ", each), connection) { CommandTimeout = 0, Parameters = { new() { Value = (short)lane } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var days = new List<DateTime>();
        while (await reader.ReadAsync(cancellationToken)) days.Add(reader.GetDateTime(0));
        return days;
    }

    private static async Task<bool> IsThereAsync(NpgsqlConnection connection, string schema, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT to_regclass($1) IS NOT NULL", connection) { Parameters = { new() { Value = $"{schema}.checkpoints" } } };
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
