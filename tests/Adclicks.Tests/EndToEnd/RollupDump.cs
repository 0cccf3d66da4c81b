using System.Text;
using Adclicks.Domain.Rollups;
using Adclicks.Support.Postgres;
using Npgsql;

namespace Adclicks.Tests.EndToEnd;

/// <summary>The contents of all rollup tables of generation 1 as text: by key, with values instead of dictionary ids.</summary>
internal static class RollupDump
{
    public static async Task<string> ReadAsync(string postgres)
    {
        await using var source = NpgsqlDataSource.Create(postgres);
        var dump = new StringBuilder();
        foreach (var cuboid in Cuboids.All)
        {
            foreach (var granularity in cuboid.Granularities) await AddAsync(source, cuboid, granularity, dump);
        }

        return dump.ToString();
    }

    private static async Task AddAsync(NpgsqlDataSource source, Cuboid cuboid, Granularity granularity, StringBuilder dump)
    {
        var values = new Dictionary<(string, int), string>();
        await using var command = source.CreateCommand("SELECT dimension, id, value FROM adclicks.dictionary");
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync()) values[(reader.GetString(0), reader.GetInt32(1))] = reader.GetString(2);
        }

        dump.AppendLine(cuboid.TableName(granularity));
        var lines = (await RollupTable.ReadAsync(source, 1, cuboid, granularity)).Select(row =>
            $"{row.Bucket:s}|{string.Join('|', cuboid.Dimensions.Select((d, i) => values[(d.Name(), row.Ids[i])]))}|"
            + $"{row.Gross}|{row.Click}|{row.Fraudulent}|{Convert.ToHexString(row.Users)}|{Convert.ToHexString(row.Ips)}");
        foreach (var line in lines.Order(StringComparer.Ordinal)) dump.AppendLine(line);
    }
}
