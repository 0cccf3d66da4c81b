using System.Security.Cryptography;
using System.Text;
using Adclicks.Domain.Rollups;
using Adclicks.Projections.Aggregation;
using Npgsql;

namespace Adclicks.Projections.Storage;

/// <summary>
/// Gives dimension values their ids, in a short transaction of its own ahead of the flush. Ids are dense per dimension;
/// one process at a time adds values, others wait a moment.
/// </summary>
internal sealed class DictionaryStore(NpgsqlDataSource dataSource)
{
    /// <summary>Any number that nothing else locks.</summary>
    private const long AdvisoryLock = 0x6164646963740001;

    private const int ValuesPerStatement = 10_000;

    private const string Find = """
        SELECT n.position::integer, d.id FROM unnest($2::bytea[]) WITH ORDINALITY AS n (hash, position)
        JOIN adclicks.dictionary d ON d.dimension = $1 AND d.hash = n.hash
        """;

    private const string Add = """
        INSERT INTO adclicks.dictionary (dimension, id, value, hash)
        SELECT $1, coalesce((SELECT max(id) FROM adclicks.dictionary WHERE dimension = $1), 0) + n.position::integer, n.value, n.hash
        FROM unnest($2::text[], $3::bytea[]) WITH ORDINALITY AS n (value, hash, position)
        """;

    /// <summary>Resolves whatever the buffer has met and does not know the ids of.</summary>
    public async Task ResolveAsync(LaneBuffer buffer, CancellationToken cancellationToken)
    {
        if (buffer.Dictionaries.All(d => d.Unresolved.Count == 0)) return;
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        foreach (var dimension in Dimensions.All)
        {
            var dictionary = buffer.Dictionaries[(int)dimension];
            if (dictionary.Unresolved.Count == 0) continue;
            dictionary.Resolve(await IdsAsync(connection, dimension.Name(), dictionary.Unresolved, cancellationToken));
        }
    }

    private static async Task<int[]> IdsAsync(NpgsqlConnection connection, string dimension, IReadOnlyList<string> values, CancellationToken cancellationToken)
    {
        var ids = new int[values.Count];
        var hashes = values.Select(v => SHA256.HashData(Encoding.UTF8.GetBytes(v))[..16]).ToArray();
        await FindAsync(connection, dimension, hashes, ids, [.. Enumerable.Range(0, ids.Length)], cancellationToken);
        var missing = Missing(ids);
        if (missing.Length == 0) return ids;

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var locked = new NpgsqlCommand("SELECT pg_advisory_xact_lock($1)", connection) { Parameters = { new() { Value = AdvisoryLock } } })
            await locked.ExecuteNonQueryAsync(cancellationToken);
        await FindAsync(connection, dimension, hashes, ids, missing, cancellationToken);
        foreach (var chunk in Missing(ids).Chunk(ValuesPerStatement)) await AddAsync(connection, dimension, values, hashes, ids, chunk, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return ids;
    }

    private static int[] Missing(int[] ids) => [.. Enumerable.Range(0, ids.Length).Where(i => ids[i] == 0)];

    private static async Task FindAsync(NpgsqlConnection connection, string dimension, byte[][] hashes, int[] ids, int[] wanted, CancellationToken cancellationToken)
    {
        foreach (var chunk in wanted.Chunk(ValuesPerStatement))
        {
            await using var command = new NpgsqlCommand(Find, connection);
            command.Parameters.Add(new() { Value = dimension });
            command.Parameters.Add(new() { Value = Array.ConvertAll(chunk, i => hashes[i]) });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken)) ids[chunk[reader.GetInt32(0) - 1]] = reader.GetInt32(1);
        }
    }

    private static async Task AddAsync(
        NpgsqlConnection connection, string dimension, IReadOnlyList<string> values, byte[][] hashes, int[] ids, int[] chunk, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Add, connection);
        command.Parameters.Add(new() { Value = dimension });
        command.Parameters.Add(new() { Value = Array.ConvertAll(chunk, i => values[i]) });
        command.Parameters.Add(new() { Value = Array.ConvertAll(chunk, i => hashes[i]) });
        await command.ExecuteNonQueryAsync(cancellationToken);
        await FindAsync(connection, dimension, hashes, ids, chunk, cancellationToken);
    }
}
