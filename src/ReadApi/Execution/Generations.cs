using Adclicks.Domain.Rollups;
using Adclicks.ReadApi.Planning;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Adclicks.ReadApi.Execution;

/// <summary>Which generation of read models is active, and how far it has come.</summary>
public sealed class Generations(IOptions<ReadApiOptions> options, TimeProvider time)
{
    private Known? _known;

    /// <summary>The number of the active generation, at most <see cref="ReadApiOptions.GenerationCacheTime"/> old.</summary>
    /// <exception cref="ReportUnavailableException">There is none yet.</exception>
    public async ValueTask<int> ActiveAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (await FindAsync(connection, cancellationToken)).Number;

    /// <summary>The same with its rollups.</summary>
    /// <exception cref="ReportUnavailableException">There is none yet.</exception>
    public async ValueTask<ActiveGeneration> FindAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (Current is { } current) return current;
        var readAt = time.GetTimestamp();
        await using var command = new NpgsqlCommand(
            $"SELECT id, cuboids FROM {RollupTables.Generations} WHERE state = 'active'", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) throw new ReportUnavailableException("There are no read models yet.");
        var active = new ActiveGeneration(reader.GetInt32(0), CuboidJson.Parse(reader.GetString(1)));
        _known = new Known(active, readAt);
        return active;
    }

    /// <inheritdoc cref="FindAsync(NpgsqlConnection, CancellationToken)"/>
    public async ValueTask<ActiveGeneration> FindAsync(ReadDatabase database, CancellationToken cancellationToken)
    {
        if (Current is { } current) return current;
        await using var connection = await database.OpenAsync(cancellationToken);
        return await FindAsync(connection, cancellationToken);
    }

    /// <summary>Asks again next time.</summary>
    public void Forget() => _known = null;

    /// <summary>All there are, the oldest first.</summary>
    public static async Task<IReadOnlyList<GenerationInfo>> ListAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT id, state, created_at, activated_at FROM {RollupTables.Generations} ORDER BY id", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<GenerationInfo>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(new GenerationInfo(
                reader.GetInt32(0), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2),
                await reader.IsDBNullAsync(3, cancellationToken) ? null : reader.GetFieldValue<DateTimeOffset>(3)));
        }

        return found;
    }

    /// <summary>The statement that <see cref="FreshUntil"/> reads.</summary>
    internal static NpgsqlBatchCommand FreshnessCommand(int generation) => new(
        $"SELECT CASE WHEN count(fresh_until) = count(*) THEN min(fresh_until) END FROM {RollupTables.Leases} WHERE generation = $1")
    {
        Parameters = { new NpgsqlParameter<int> { TypedValue = generation } },
    };

    /// <summary>The least fresh lane; null until each of them has been projected once.</summary>
    internal static DateTimeOffset? FreshUntil(NpgsqlDataReader reader) =>
        reader.IsDBNull(0) ? null : reader.GetFieldValue<DateTimeOffset>(0);

    private ActiveGeneration? Current =>
        _known is { } known && time.GetElapsedTime(known.ReadAt) < options.Value.GenerationCacheTime ? known.Active : null;

    private sealed record Known(ActiveGeneration Active, long ReadAt);
}

/// <summary>The read models that reports are read from.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Cuboids">The rollups it was made with.</param>
public sealed record ActiveGeneration(int Number, IReadOnlyList<Cuboid> Cuboids);

/// <summary>A set of read models.</summary>
/// <param name="Id">Its number.</param>
/// <param name="State"><c>active</c>, <c>building</c>, <c>standby</c> or <c>retired</c>.</param>
/// <param name="CreatedAt">When it was begun.</param>
/// <param name="ActivatedAt">When reports last turned to it; null where they never did.</param>
public sealed record GenerationInfo(int Id, string State, DateTimeOffset CreatedAt, DateTimeOffset? ActivatedAt);

/// <summary>How far the counts are.</summary>
/// <param name="Generation">The active generation.</param>
/// <param name="FreshUntil">Every click acknowledged before is counted; null until each lane has been projected once.</param>
/// <param name="ClosedThrough">Hours that end by then are closed for billing; null before the first.</param>
public sealed record Freshness(int Generation, DateTimeOffset? FreshUntil, DateTimeOffset? ClosedThrough);
