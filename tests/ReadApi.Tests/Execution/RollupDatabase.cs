using System.Security.Cryptography;
using System.Text;
using Adclicks.Domain.Rollups;
using Adclicks.Domain.Sketches;
using Adclicks.ReadApi.Execution;
using Adclicks.ReadApi.Live;
using Adclicks.Support.Postgres;
using Adclicks.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Adclicks.ReadApi.Tests.Execution;

/// <summary>A database with the read models of some clicks, written the plain way.</summary>
public sealed class RollupDatabase : IAsyncDisposable
{
    public const int Generation = 3;

    public static readonly DateTimeOffset FreshUntil = new(2026, 4, 1, 10, 0, 0, TimeSpan.Zero);

    private const int Lanes = 4, RowsPerBlock = 5;

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
            foreach (var granularity in cuboid.Granularities) await self.WriteAsync(connection, cuboid, granularity, clicks);
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
            new AnswerCache(wrapped, new CommitFeed(new ConfigurationBuilder().Build(), TimeProvider.System, NullLogger<CommitFeed>.Instance)),
            new ClosedHours(new MemoryEventLog(), TimeProvider.System, NullLogger<ClosedHours>.Instance),
            wrapped,
            TimeProvider.System);
    }

    /// <summary>As if retention had dropped a granularity's rollups of some times.</summary>
    public async Task DropAsync(Granularity granularity, DateTime from, DateTime to)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"INSERT INTO adclicks_g{Generation}.dropped_times VALUES ($1, $2, $3)", connection);
        command.Parameters.Add(new() { Value = granularity.Name() });
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = to });
        await command.ExecuteNonQueryAsync();
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
            CREATE TABLE adclicks.generations (id int, state text, created_at timestamptz DEFAULT '2026-03-01Z', activated_at timestamptz, cuboids text);
            CREATE TABLE adclicks.leases (generation int, lane smallint, fresh_until timestamptz);
            CREATE TABLE adclicks.dictionary (dimension text, id int, value text, hash bytea, PRIMARY KEY (dimension, id));
            CREATE TABLE adclicks_g{Generation}.dropped_times (granularity text, from_time timestamptz, to_time timestamptz);
            INSERT INTO adclicks.generations (id, state, cuboids) VALUES (1, 'retired', '[]'), ({Generation}, 'active', $${CuboidJson.Of(Cuboids.All)}$$);
            INSERT INTO adclicks.leases SELECT {Generation}, lane, $${FreshUntil:O}$$::timestamptz + lane * interval '1 s'
            FROM generate_series(0, {Lanes - 1}) lane;

            """);
        foreach (var cuboid in Cuboids.All)
        {
            foreach (var granularity in cuboid.Granularities)
            {
                sql.Append($"CREATE TABLE {Table(cuboid, granularity)} (span timestamptz, lane smallint, run bigint, block int, rows int, lead_min int, lead_max int, ");
                sql.Append($"{string.Join(", ", cuboid.PackedColumns.Select(column => column + " bytea"))});\n");
            }
        }

        await using var command = new NpgsqlCommand(sql.ToString(), connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Every lane writes its own rows, in two runs, in blocks of a few rows.</summary>
    private async Task WriteAsync(NpgsqlConnection connection, Cuboid cuboid, Granularity granularity, IReadOnlyList<TestClick> clicks)
    {
        await using var writer = await connection.BeginBinaryImportAsync($"COPY {Table(cuboid, granularity)} FROM STDIN (FORMAT BINARY)");
        foreach (var run in clicks.Select((click, i) => (Click: click, Ms: new DateTimeOffset(click.Time).ToUnixTimeMilliseconds(), Run: i % 2)).GroupBy(c => (
            Span: c.Ms - (c.Ms % granularity.SpanMs()), Lane: c.Click.Values[0].Length % Lanes, c.Run)))
        {
            var rows = run.GroupBy(c => (Bucket: c.Ms / granularity.LengthMs(), Values: string.Join('\0', cuboid.Dimensions.Select(d => c.Click[d]))))
                .Select(row => (Place: (int)(row.Key.Bucket - (run.Key.Span / granularity.LengthMs())),
                    Ids: cuboid.Dimensions.Select(d => IdOf(d, row.First().Click[d])).ToArray(), Clicks: row.Select(c => c.Click).ToList()))
                .OrderBy(row => row.Ids[0]);
            var number = 0;
            foreach (var block in rows.Chunk(RowsPerBlock))
            {
                await writer.StartRowAsync();
                await writer.WriteAsync(DateTimeOffset.FromUnixTimeMilliseconds(run.Key.Span).UtcDateTime, NpgsqlDbType.TimestampTz);
                await writer.WriteAsync((short)run.Key.Lane);
                await writer.WriteAsync((long)run.Key.Run);
                await writer.WriteAsync(number++);
                await WriteAsync(writer, cuboid, block);
            }
        }

        await writer.CompleteAsync();
    }

    private static async Task WriteAsync(NpgsqlBinaryImporter writer, Cuboid cuboid, (int Place, int[] Ids, List<TestClick> Clicks)[] rows)
    {
        var block = new BlockBuilder(cuboid.Dimensions.Count);
        foreach (var (place, ids, clicks) in rows)
        {
            var counted = clicks.Where(click => !click.Duplicate).ToList();
            foreach (var click in counted) block.Users.Row.Add(click.Visitor);
            foreach (var click in counted) block.Ips.Row.Add(click.Address);
            block.Users.EndRow();
            block.Ips.EndRow();
            block.Add(place, ids, clicks.Count, counted.Count, counted.LongCount(click => click.Fraudulent));
        }

        await writer.WriteAsync(block.Rows);
        await writer.WriteAsync(block.LeadMin);
        await writer.WriteAsync(block.LeadMax);
        for (var column = 0; column < block.Columns; column++) await writer.WriteAsync(block.Pack(column));
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
