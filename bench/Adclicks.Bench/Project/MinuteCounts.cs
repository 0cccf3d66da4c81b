using Adclicks.Domain.Rollups;
using Npgsql;

namespace Adclicks.Bench.Project;

/// <summary>What a table by minute, ad and country comes to, however it was made.</summary>
/// <param name="Rows">Of different keys.</param>
/// <param name="Clicks">Of all of them.</param>
internal readonly record struct MinuteCounts(long Rows, long Clicks)
{
    /// <summary>Of the table by minute of a cuboid that has both dimensions, in the first generation.</summary>
    public static async Task<MinuteCounts> OfAsync(string connectionString, Cuboid cuboid)
    {
        var (ad, country) = (1 + cuboid.Dimensions.ToList().IndexOf(Dimension.Ad), 1 + cuboid.Dimensions.ToList().IndexOf(Dimension.Country));
        string[] packed = [.. cuboid.PackedColumns];
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand($"""
            SELECT {Cuboid.SpanColumn}, {Cuboid.RowsColumn}, {packed[0]}, {packed[ad]}, {packed[country]}, {Cuboid.GrossColumn}
            FROM adclicks_g1.{cuboid.TableName(Granularity.Minute)}
            """);
        await using var reader = await command.ExecuteReaderAsync();
        var keys = new HashSet<(DateTime Span, int Bucket, int Ad, int Country)>();
        long clicks = 0;
        while (await reader.ReadAsync())
        {
            var (span, rows) = (reader.GetDateTime(0), reader.GetInt32(1));
            var (buckets, ads, countries, gross) = (Column<int>(reader, 2, rows), Column<int>(reader, 3, rows), Column<int>(reader, 4, rows), Column<long>(reader, 5, rows));
            for (var row = 0; row < rows; row++) keys.Add((span, buckets[row], ads[row], countries[row]));
            clicks += gross.Sum();
        }

        return new(keys.Count, clicks);
    }

    private static T[] Column<T>(NpgsqlDataReader reader, int ordinal, int rows) where T : struct, System.Numerics.IBinaryInteger<T>
    {
        var values = new T[rows];
        NumberColumn.Unpack(reader.GetFieldValue<byte[]>(ordinal), values.AsSpan());
        return values;
    }
}
