using Adclicks.Domain.Rollups;
using Npgsql;

namespace Adclicks.Support.Postgres;

/// <summary>A row of a rollup, over all lanes and runs.</summary>
public sealed record RollupRow(DateTime Bucket, int[] Ids, long Gross, long Click, long Fraudulent, byte[] Users, byte[] Ips);

/// <summary>Takes the rows of a rollup table out of their blocks.</summary>
public static class RollupTable
{
    /// <summary>Every key once, in no order that means anything.</summary>
    public static async Task<IReadOnlyList<RollupRow>> ReadAsync(NpgsqlDataSource database, int generation, Cuboid cuboid, Granularity granularity)
    {
        var spans = new Dictionary<DateTime, RollupRows>();
        await using var command = database.CreateCommand(
            $"SELECT span, rows, {string.Join(", ", cuboid.PackedColumns)} FROM adclicks_g{generation}.{cuboid.TableName(granularity)}");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            if (!spans.TryGetValue(reader.GetDateTime(0), out var rows)) spans.Add(reader.GetDateTime(0), rows = new RollupRows(cuboid.Dimensions.Count));
            rows.AddBlock(reader.GetInt32(1), [.. Enumerable.Range(2, reader.FieldCount - 2).Select(reader.GetFieldValue<byte[]>)]);
        }

        return [.. spans.SelectMany(span => Rows(span.Key, span.Value.Merge(), cuboid.Dimensions.Count, granularity))];
    }

    private static IEnumerable<RollupRow> Rows(DateTime span, RollupRows rows, int dimensions, Granularity granularity) =>
        Enumerable.Range(0, rows.Count).Select(row => new RollupRow(
            span.AddMilliseconds(rows.Bucket(row) * granularity.LengthMs()),
            [.. Enumerable.Range(0, dimensions).Select(d => rows.Value(row, d))],
            rows.Counter(row, 0), rows.Counter(row, 1), rows.Counter(row, 2), rows.Users(row).ToFormat(), rows.Ips(row).ToFormat()));
}
