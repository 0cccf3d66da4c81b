using System.Globalization;
using Adclicks.Domain.Rollups;
using Npgsql;

namespace Adclicks.Projections.Tests.Support;

/// <summary>Reads rollups as anyone would: by SQL, with names from the dictionary.</summary>
internal static class ReadModels
{
    /// <summary>One line per row: key by value, counters, sketches; sorted.</summary>
    public static async Task<List<string>> DumpAsync(NpgsqlDataSource database, int generation, Cuboid cuboid, Granularity granularity)
    {
        var names = await DictionaryAsync(database);
        string[] columns = ["bucket", .. cuboid.HasLane ? ["lane"] : Array.Empty<string>(), .. cuboid.Dimensions.Select(d => d.Name()),
            "gross", "click", "fraudulent", "unique_users", "unique_ips"];
        await using var command = database.CreateCommand($"SELECT {string.Join(", ", columns)} FROM adclicks_g{generation}.{cuboid.TableName(granularity)}");
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
        {
            lines.Add(string.Join('|', columns.Select((c, i) => reader[i] switch
            {
                DateTime t => new DateTimeOffset(t).ToString("u", CultureInfo.InvariantCulture),
                byte[] b => Convert.ToHexString(b),
                int id when Dimensions.TryParse(c, out _) => names[(c, id)],
                var v => Convert.ToString(v, CultureInfo.InvariantCulture),
            })));
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    /// <summary>All rollup tables, each line led by its table.</summary>
    public static async Task<List<string>> DumpAllAsync(NpgsqlDataSource database, int generation)
    {
        var all = new List<string>();
        foreach (var cuboid in Cuboids.All)
        {
            foreach (var granularity in Granularities.All)
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
