using System.Security.Cryptography;
using System.Text;
using Adclicks.Domain.Rollups;
using Adclicks.Domain.Sketches;
using Adclicks.ReadApi.Execution;
using Adclicks.Support.Postgres;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Adclicks.ReadApi.Tests.Execution;

/// <summary>A database with the read models of some clicks, written the plain way.</summary>
public sealed class RollupDatabase : IAsyncDisposable
{
    public const int Generation = 3;

    public static readonly DateTimeOffset FreshUntil = new(2026, 4, 1, 10, 0, 0, TimeSpan.Zero);

    private const int Lanes = 4;

    private readonly TestDatabase _database;
    private readonly Dictionary<(Dimension, string), int> _ids = [];

    private RollupDatabase(TestDatabase database) => _database = database;

    public string ConnectionString => _database.ConnectionString;

    public static async Task<RollupDatabase> CreateAsync(IReadOnlyList<TestClick> clicks, CancellationToken cancellationToken)
    {
        var self = new RollupDatabase(await TestPostgres.CreateDatabaseAsync(cancellationToken));
        await using var connection = new NpgsqlConnection(self.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await CreateTablesAsync(connection);
        foreach (var cuboid in Cuboids.All)
        {
            foreach (var granularity in Granularities.All) await self.WriteAsync(connection, cuboid, granularity, clicks);
        }

        await self.WriteDictionaryAsync(connection);
        return self;
    }

    public ReportReader Reader(ReadApiOptions? options = null)
    {
        var wrapped = Options.Create(options ?? new ReadApiOptions());
        return new ReportReader(
            new ReadDatabase(ConnectionString, wrapped.Value),
            new Generations(wrapped, TimeProvider.System),
            new DictionaryCache(wrapped),
            wrapped,
            TimeProvider.System);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    public static HyperLogLog Sketch(IEnumerable<ulong> hashes)
    {
        var sketch = HyperLogLog.Create();
        foreach (var hash in hashes) sketch.Add(hash);
        return sketch;
    }

    private static async Task CreateTablesAsync(NpgsqlConnection connection)
    {
        var sql = new StringBuilder($"""
            CREATE SCHEMA adclicks;
            CREATE SCHEMA adclicks_g{Generation};
            CREATE TABLE adclicks.generations (id int, state text);
            CREATE TABLE adclicks.leases (generation int, lane smallint, fresh_until timestamptz);
            CREATE TABLE adclicks.dictionary (dimension text, id int, value text, hash bytea, PRIMARY KEY (dimension, id));
            INSERT INTO adclicks.generations VALUES (1, 'retired'), ({Generation}, 'active');
            INSERT INTO adclicks.leases SELECT {Generation}, lane, $${FreshUntil:O}$$::timestamptz + lane * interval '1 s'
            FROM generate_series(0, {Lanes - 1}) lane;

            """);
        foreach (var cuboid in Cuboids.All)
        {
            foreach (var granularity in Granularities.All)
            {
                var dimensions = string.Concat(cuboid.Dimensions.Select(dimension => $"{dimension.Name()} int, "));
                sql.Append($"CREATE TABLE {Table(cuboid, granularity)} (bucket timestamptz, {(cuboid.HasLane ? "lane smallint, " : "")}");
                sql.Append($"{dimensions}gross bigint, click bigint, fraudulent bigint, unique_users bytea, unique_ips bytea);\n");
            }
        }

        await using var command = new NpgsqlCommand(sql.ToString(), connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task WriteAsync(NpgsqlConnection connection, Cuboid cuboid, Granularity granularity, IReadOnlyList<TestClick> clicks)
    {
        await using var writer = await connection.BeginBinaryImportAsync($"COPY {Table(cuboid, granularity)} FROM STDIN (FORMAT BINARY)");
        foreach (var row in clicks.GroupBy(click => (
            Bucket: granularity.BucketOf(new DateTimeOffset(click.Time).ToUnixTimeMilliseconds()),
            Lane: cuboid.HasLane ? click.Values[0].Length % Lanes : 0,
            Values: string.Join('\0', cuboid.Dimensions.Select(dimension => click[dimension])))))
        {
            var counted = row.Where(click => !click.Duplicate).ToList();
            await writer.StartRowAsync();
            await writer.WriteAsync(DateTimeOffset.FromUnixTimeMilliseconds(row.Key.Bucket).UtcDateTime, NpgsqlDbType.TimestampTz);
            if (cuboid.HasLane) await writer.WriteAsync((short)row.Key.Lane);
            foreach (var dimension in cuboid.Dimensions) await writer.WriteAsync(IdOf(dimension, row.First()[dimension]));
            await writer.WriteAsync((long)row.Count());
            await writer.WriteAsync((long)counted.Count);
            await writer.WriteAsync(counted.LongCount(click => click.Fraudulent));
            await writer.WriteAsync(Sketch(counted.Select(click => click.Visitor)).ToBytes());
            await writer.WriteAsync(Sketch(counted.Select(click => click.Address)).ToBytes());
        }

        await writer.CompleteAsync();
    }

    private int IdOf(Dimension dimension, string value)
    {
        if (!_ids.TryGetValue((dimension, value), out var id)) _ids.Add((dimension, value), id = _ids.Count + 1);
        return id;
    }

    private async Task WriteDictionaryAsync(NpgsqlConnection connection)
    {
        await using var writer = await connection.BeginBinaryImportAsync("COPY adclicks.dictionary FROM STDIN (FORMAT BINARY)");
        foreach (var ((dimension, value), id) in _ids)
        {
            await writer.StartRowAsync();
            await writer.WriteAsync(dimension.Name());
            await writer.WriteAsync(id);
            await writer.WriteAsync(value);
            await writer.WriteAsync(SHA256.HashData(Encoding.UTF8.GetBytes(value))[..16]);
        }

        await writer.CompleteAsync();
    }

    private static string Table(Cuboid cuboid, Granularity granularity) => $"adclicks_g{Generation}.{cuboid.TableName(granularity)}";
}
