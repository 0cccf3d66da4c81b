using Adclicks.Domain.Sketches;
using Adclicks.Support.Postgres;
using Npgsql;

namespace Adclicks.Projections.Tests.Sketches;

/// <summary>The extension postgresql-hll as oracle, where the server has it.</summary>
public sealed class HyperLogLogOracleTests
{
    private const string Extension = "SELECT count(*) FROM pg_available_extensions WHERE name = 'hll'";

    /// <summary>What a visitor hash would be: any 16 bytes.</summary>
    private const string Value = "decode(md5(i::text), 'hex')";

    [Fact]
    public async Task Bytes_unions_and_cardinalities_are_those_of_postgresql_hll()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var database = await TestPostgres.CreateDatabaseAsync(stop);
        await using var sql = NpgsqlDataSource.Create(database.ConnectionString);
        await using (var available = sql.CreateCommand(Extension))
            Assert.SkipWhen((long)(await available.ExecuteScalarAsync(stop))! == 0, "The server has no extension hll.");
        await using (var create = sql.CreateCommand("CREATE EXTENSION hll")) await create.ExecuteNonQueryAsync(stop);

        foreach (var count in new[] { 1, 2, 100, 319, 320, 321, 1_000, 1_300, 1_400, 1_500, 5_000, 50_000, 500_000 })
        {
            var ours = await SketchAsync(sql, 1, count);
            var (bytes, cardinality) = await TheirsAsync(sql, $"SELECT hll_add_agg(hll_hash_bytea({Value}), 12, 5, -1, 1) AS h FROM generate_series(1, {count}) i");
            Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(ours.ToBytes()));
            Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(HyperLogLog.FromBytes(bytes).ToBytes()));
            Assert.Equal(cardinality, ours.Cardinality(), cardinality * 1e-9);
            Assert.InRange(ours.Cardinality(), count * 0.95, count * 1.05);
        }
    }

    [Theory]
    [InlineData(100, 50)]
    [InlineData(300, 300)]
    [InlineData(320, 5_000)]
    [InlineData(5_000, 100)]
    [InlineData(20_000, 20_000)]
    public async Task A_union_is_the_sketch_of_both(int first, int second)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var database = await TestPostgres.CreateDatabaseAsync(stop);
        await using var sql = NpgsqlDataSource.Create(database.ConnectionString);
        var union = await SketchAsync(sql, 1, first);

        union.Union(await SketchAsync(sql, first / 2, second));

        var whole = await SketchAsync(sql, 1, first);
        foreach (var hash in await HashesAsync(sql, first / 2, second)) whole.Add(hash);
        Assert.Equal(whole.ToBytes(), union.ToBytes());
    }

    private static async Task<HyperLogLog> SketchAsync(NpgsqlDataSource sql, int from, int count)
    {
        var sketch = HyperLogLog.Create();
        foreach (var hash in await HashesAsync(sql, from, count)) sketch.Add(hash);
        return sketch;
    }

    private static async Task<List<ulong>> HashesAsync(NpgsqlDataSource sql, int from, int count)
    {
        await using var command = sql.CreateCommand($"SELECT {Value} FROM generate_series({from}, {from + count - 1}) i");
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var hashes = new List<ulong>(count);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken)) hashes.Add(Murmur3.Hash64((byte[])reader[0]));
        return hashes;
    }

    private static async Task<(byte[] Bytes, double Cardinality)> TheirsAsync(NpgsqlDataSource sql, string query)
    {
        await using var command = sql.CreateCommand($"SELECT substr(h::text, 3), hll_cardinality(h) FROM ({query}) q");
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        await reader.ReadAsync(TestContext.Current.CancellationToken);
        return (Convert.FromHexString(reader.GetString(0)), reader.GetDouble(1));
    }
}
