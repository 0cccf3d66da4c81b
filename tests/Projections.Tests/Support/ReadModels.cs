using System.Globalization;
using Adclicks.Domain.Rollups;
using Adclicks.Support.Postgres;
using Npgsql;

namespace Adclicks.Projections.Tests.Support;

/// <summary>Reads rollups as text, with names from the dictionary.</summary>
internal static class ReadModels
{
    /// <summary>One line per row: key by value, counters, sketches; sorted.</summary>
    public static async Task<List<string>> DumpAsync(NpgsqlDataSource database, int generation, Cuboid cuboid, Granularity granularity)
    {
        var names = await DictionaryAsync(database);
        var lines = (await RollupTable.ReadAsync(database, generation, cuboid, granularity)).Select(row => string.Join('|', (string[])
        [
            new DateTimeOffset(row.Bucket).ToString("u", CultureInfo.InvariantCulture),
            .. cuboid.Dimensions.Select((d, i) => names[(d.Name(), row.Ids[i])]),
            $"{row.Gross}", $"{row.Click}", $"{row.Fraudulent}", Convert.ToHexString(row.Users), Convert.ToHexString(row.Ips),
        ])).ToList();
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    /// <summary>All rollup tables, each line led by its table.</summary>
    public static async Task<List<string>> DumpAllAsync(NpgsqlDataSource database, int generation)
    {
        var all = new List<string>();
        foreach (var cuboid in Cuboids.All)
        {
            foreach (var granularity in cuboid.Granularities)
            {
                var lines = await DumpAsync(database, generation, cuboid, granularity);
                all.AddRange(lines.Select(l => cuboid.TableName(granularity) + "|" + l));
            }
        }

        return all;
    }

    private static async Task<Dictionary<(string, int), string>> DictionaryAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("SELECT dimension, id, value FROM adclicks.dictionary");
        await using var reader = await command.ExecuteReaderAsync();
        var names = new Dictionary<(string, int), string>();
        while (await reader.ReadAsync()) names[(reader.GetString(0), reader.GetInt32(1))] = reader.GetString(2);
        return names;
    }
}
