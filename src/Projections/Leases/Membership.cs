using Npgsql;

namespace Adclicks.Projections.Leases;

/// <summary>
/// The processes that project, by PostgreSQL's clock: who has been heard of within the time of a lease. Lanes are shared
/// among them so that nobody has two more than another.
/// </summary>
internal sealed class Membership(NpgsqlDataSource dataSource, ProjectionsOptions options)
{
    /// <summary>
    /// In a statement on a lane: whether a process with fewer lanes of the generation is there, who is to take it rather
    /// than we. Parameters: generation, owner, ms.
    /// </summary>
    public const string SomebodyHasFewer = SomebodyHasLessThan + Ours + ")";

    private const string SomebodyHasLessThan = """
        EXISTS (
          SELECT FROM adclicks.projectors p
          LEFT JOIN adclicks.leases o ON o.generation = $1 AND o.owner = p.owner AND o.expires_at >= clock_timestamp()
          WHERE p.owner <> $2 AND p.seen_at > clock_timestamp() - $3 * interval '1 ms'
          GROUP BY p.owner HAVING count(o.lane) <
        """;

    private const string Ours = " (SELECT count(*) FROM adclicks.leases m WHERE m.generation = $1 AND m.owner = $2 AND m.expires_at >= clock_timestamp())";

    private const string TooMany = "SELECT " + SomebodyHasLessThan + Ours + " - 1)";

    private const string Beat = """
        INSERT INTO adclicks.projectors (owner, seen_at) VALUES ($1, clock_timestamp())
        ON CONFLICT (owner) DO UPDATE SET seen_at = excluded.seen_at
        """;

    /// <summary>Says that this process is there, and forgets those that have long been silent.</summary>
    public async Task BeatAsync(CancellationToken cancellationToken)
    {
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(new(Beat) { Parameters = { new() { Value = options.Owner } } });
        batch.BatchCommands.Add(new("DELETE FROM adclicks.projectors WHERE seen_at < clock_timestamp() - interval '1 hour'"));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Says that this process is going.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("DELETE FROM adclicks.projectors WHERE owner = $1");
        command.Parameters.Add(new() { Value = options.Owner });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Whether another process has two lanes of a generation fewer than this one, and so should have one of them.</summary>
    public async Task<bool> HasTooManyAsync(int generation, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(TooMany);
        command.Parameters.Add(new() { Value = generation });
        command.Parameters.Add(new() { Value = options.Owner });
        command.Parameters.Add(new() { Value = (double)options.LeaseMs });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
