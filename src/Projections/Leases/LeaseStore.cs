using Npgsql;

namespace Adclicks.Projections.Leases;

/// <summary>
/// Leases in PostgreSQL, by its clock. A lease only keeps two processes from doing the same work; that a process which
/// lost one cannot write is what <see cref="Renew"/> in the same transaction as the writes is for: it locks the row,
/// and finds none where the epoch was raised.
/// </summary>
internal sealed class LeaseStore(NpgsqlDataSource dataSource, ProjectionsOptions options)
{
    /// <summary>Renews and records freshness; no row where the lease is lost. Parameters: generation, lane, epoch, owner, ms, fresh until.</summary>
    public const string Renew = """
        UPDATE adclicks.leases SET expires_at = clock_timestamp() + $5 * interval '1 ms', fresh_until = greatest(fresh_until, $6)
        WHERE generation = $1 AND lane = $2 AND epoch = $3 AND owner = $4
        """;

    private const string Acquire = """
        UPDATE adclicks.leases SET owner = $2, epoch = epoch + 1, expires_at = clock_timestamp() + $3 * interval '1 ms'
        WHERE generation = $1 AND lane = $4
          AND (owner = $2 OR (owner IS NULL OR expires_at < clock_timestamp()) AND NOT
        """ + " " + Membership.SomebodyHasFewer + ") RETURNING epoch, takes_from";

    private const string Release = """
        UPDATE adclicks.leases SET owner = NULL, expires_at = NULL
        WHERE generation = $1 AND lane = $2 AND epoch = $3 AND owner = $4
        """;

    /// <summary>
    /// Takes a lane that is free or whose owner has not been heard of; null where it is taken, or a process with fewer
    /// lanes is there.
    /// </summary>
    public async Task<Lease?> TryAcquireAsync(int generation, int lane, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Acquire);
        command.Parameters.Add(new() { Value = generation });
        command.Parameters.Add(new() { Value = options.Owner });
        command.Parameters.Add(new() { Value = (double)options.LeaseMs });
        command.Parameters.Add(new() { Value = (short)lane });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        return new Lease(generation, lane, reader.GetInt64(0), await reader.IsDBNullAsync(1, cancellationToken) ? null : reader.GetInt32(1));
    }

    /// <summary>Renews outside of a flush; null where the lease is lost.</summary>
    public async Task<LeaseNews?> RenewAsync(Lease lease, DateTimeOffset? freshUntil, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Renew + " RETURNING (SELECT hold_at FROM adclicks.generations g WHERE g.id = $1)");
        foreach (var parameter in RenewParameters(lease, freshUntil)) command.Parameters.Add(parameter);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        return new LeaseNews(await reader.IsDBNullAsync(0, cancellationToken) ? null : reader.GetFieldValue<DateTimeOffset>(0));
    }

    /// <summary>Gives a lane back.</summary>
    public async Task ReleaseAsync(Lease lease, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Release);
        command.Parameters.Add(new() { Value = lease.Generation });
        command.Parameters.Add(new() { Value = (short)lease.Lane });
        command.Parameters.Add(new() { Value = lease.Epoch });
        command.Parameters.Add(new() { Value = options.Owner });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The parameters of <see cref="Renew"/>.</summary>
    public IEnumerable<NpgsqlParameter> RenewParameters(Lease lease, DateTimeOffset? freshUntil) =>
    [
        new() { Value = lease.Generation },
        new() { Value = (short)lease.Lane },
        new() { Value = lease.Epoch },
        new() { Value = options.Owner },
        new() { Value = (double)options.LeaseMs },
        new() { Value = freshUntil is { } t ? t.UtcDateTime : DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz },
    ];
}
