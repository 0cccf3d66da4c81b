using System.Security.Cryptography;
using System.Text;
using Adclicks.Domain.Rollups;
using Adclicks.ReadApi.Planning;
using BitFaster.Caching.Lru;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Adclicks.ReadApi.Execution;

/// <summary>
/// Dimension values and their ids, both ways. An entry never changes once written, so what is found is kept, up to a
/// bound; what is not found is asked for again.
/// </summary>
public sealed class DictionaryCache(IOptions<ReadApiOptions> options)
{
    private readonly ConcurrentLru<(Dimension, string), int> _ids = new(Math.Max(3, options.Value.DictionaryCacheEntries));
    private readonly ConcurrentLru<(Dimension, int), string> _values = new(Math.Max(3, options.Value.DictionaryCacheEntries));

    /// <summary>The ids of those of <paramref name="values"/> that have ever been seen.</summary>
    public async Task<int[]> IdsAsync(
        NpgsqlConnection connection, Dimension dimension, IEnumerable<string> values, CancellationToken cancellationToken)
    {
        var ids = new List<int>();
        var missing = new List<string>();
        foreach (var value in values.Distinct())
        {
            if (_ids.TryGet((dimension, value), out var id)) ids.Add(id);
            else missing.Add(value);
        }

        if (missing.Count > 0)
        {
            await ReadAsync(connection, dimension, "hash", missing.Select(Hash).ToArray(), (id, value) =>
            {
                _ids.AddOrUpdate((dimension, value), id);
                ids.Add(id);
            }, cancellationToken);
        }

        return [.. ids];
    }

    /// <summary>The ids of all values that start with one.</summary>
    public static async Task<int[]> IdsByPrefixAsync(
        NpgsqlConnection connection, Dimension dimension, string prefix, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT id FROM {RollupTables.Dictionary} WHERE dimension = $1 AND starts_with(value, $2)";
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = dimension.Name() });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = prefix });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<int>();
        while (await reader.ReadAsync(cancellationToken)) ids.Add(reader.GetInt32(0));
        return [.. ids];
    }

    /// <summary>The value of each of <paramref name="ids"/>.</summary>
    public async Task<Dictionary<int, string>> ValuesAsync(
        NpgsqlConnection connection, Dimension dimension, IEnumerable<int> ids, CancellationToken cancellationToken)
    {
        var values = new Dictionary<int, string>();
        var missing = new HashSet<int>();
        foreach (var id in ids)
        {
            if (values.ContainsKey(id)) continue;
            if (_values.TryGet((dimension, id), out var value)) values[id] = value;
            else missing.Add(id);
        }

        if (missing.Count > 0)
        {
            await ReadAsync(connection, dimension, "id", missing.ToArray(), (id, value) =>
            {
                _values.AddOrUpdate((dimension, id), value);
                values[id] = value;
            }, cancellationToken);
        }

        return values;
    }

    /// <summary>What the dictionary's index holds for a value: the first 16 bytes of the SHA-256 of its UTF-8.</summary>
    private static byte[] Hash(string value) => SHA256.HashData(Encoding.UTF8.GetBytes(value))[..16];

    private static async Task ReadAsync<T>(
        NpgsqlConnection connection,
        Dimension dimension,
        string column,
        T[] keys,
        Action<int, string> take,
        CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT id, value FROM {RollupTables.Dictionary} WHERE dimension = $1 AND {column} = ANY($2)";
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = dimension.Name() });
        command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = keys });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) take(reader.GetInt32(0), reader.GetString(1));
    }
}
