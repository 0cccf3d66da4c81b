using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Projections.Schema;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Adclicks.Projections.Generations;

/// <inheritdoc cref="IGenerations"/>
internal sealed class Generations(GenerationStore store, NpgsqlDataSource dataSource, IEventLog log, IOptions<ProjectionsOptions> options) : IGenerations
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<Generation>> ListAsync(CancellationToken cancellationToken = default) => store.ListAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<Generation> BuildAsync(bool latestRules = false, CancellationToken cancellationToken = default)
    {
        long? latest = latestRules ? await log.GetLastRevisionAsync(StreamNames.Reference, cancellationToken) : null;
        return await store.AddAsync(new GenerationRules(options.Value.Dedup, latest), cancellationToken);
    }

    /// <inheritdoc/>
    public Task SwitchAsync(int generation, CancellationToken cancellationToken = default) => store.SwitchAsync(generation, cancellationToken);

    /// <inheritdoc/>
    public Task DropAsync(int generation, CancellationToken cancellationToken = default) => store.DropAsync(generation, cancellationToken);

    /// <inheritdoc/>
    public async Task<BuildProgress> ProgressAsync(int generation, CancellationToken cancellationToken = default)
    {
        var schema = GenerationTables.Schema(generation);
        await using var command = dataSource.CreateCommand($"SELECT partition, revision, clicks, (SELECT count(*) FROM {schema}.dead_letters) FROM {schema}.checkpoints");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        long clicks = 0, events = 0, inLog = 0, letters = 0;
        while (await reader.ReadAsync(cancellationToken))
        {
            events += reader.GetInt64(1) + 1;
            clicks += reader.GetInt64(2);
            letters = reader.GetInt64(3);
            inLog += await log.GetLastRevisionAsync(StreamNames.Clicks(reader.GetInt16(0)), cancellationToken) + 1;
        }

        return new BuildProgress(clicks, events, inLog, letters);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<TableDifference>?> CompareAsync(int generation, int other, CancellationToken cancellationToken = default)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        var (first, second) = (GenerationTables.Schema(generation), GenerationTables.Schema(other));
        if (await CountAsync(connection, Except("partition, revision", first, second, "checkpoints"), cancellationToken) > 0) return null;

        var differences = new List<TableDifference>();
        foreach (var shape in RollupShape.All)
        {
            var columns = string.Join(", ", [.. shape.KeyColumns, .. RollupShape.ValueColumns]);
            var onlyFirst = await CountAsync(connection, Except(columns, first, second, shape.Table), cancellationToken);
            var onlySecond = await CountAsync(connection, Except(columns, second, first, shape.Table), cancellationToken);
            if (onlyFirst + onlySecond > 0) differences.Add(new TableDifference(shape.Table, onlyFirst, onlySecond));
        }

        return differences;
    }

    private static string Except(string columns, string first, string second, string table) =>
        $"SELECT count(*) FROM (SELECT {columns} FROM {first}.{table} EXCEPT ALL SELECT {columns} FROM {second}.{table}) d";

    private static async Task<long> CountAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
