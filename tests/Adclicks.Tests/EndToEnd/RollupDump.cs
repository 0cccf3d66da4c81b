using System.Text;
using Adclicks.Domain.Rollups;
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
            foreach (var granularity in Granularities.All) await AddAsync(source, cuboid, granularity, dump);
        }

        return dump.ToString();
    }

    private static async Task AddAsync(NpgsqlDataSource source, Cuboid cuboid, Granularity granularity, StringBuilder dump)
    {
        var values = cuboid.Dimensions.Select(d => $"(SELECT value FROM adclicks.dictionary d WHERE d.dimension = '{d.Name()}' AND d.id = t.{d.Name()})");
        var columns = $"extract(epoch FROM bucket)::bigint::text, {string.Join(", ", values)}, gross::text, click::text, fraudulent::text, encode(unique_users, 'hex'), encode(unique_ips, 'hex')";
        await using var command = source.CreateCommand($"SELECT line FROM (SELECT array_to_string(ARRAY[{columns}], '|', '') AS line FROM adclicks_g1.{cuboid.TableName(granularity)} t) lines ORDER BY line COLLATE \"C\"");
        await using var reader = await command.ExecuteReaderAsync();
        dump.AppendLine(cuboid.TableName(granularity));
        while (await reader.ReadAsync()) dump.AppendLine(reader.GetString(0));
    }
}
