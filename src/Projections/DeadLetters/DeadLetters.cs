using Adclicks.Projections.Generations;
using Adclicks.Projections.Schema;
using Npgsql;

namespace Adclicks.Projections.DeadLetters;

/// <inheritdoc cref="IDeadLetters"/>
internal sealed class DeadLetters(NpgsqlDataSource dataSource, GenerationStore generations) : IDeadLetters
{
    private const string Columns = "stream, revision, event_type, reason, failed_at, retry";
    private const string ThisOne = "WHERE stream = $1 AND revision = $2";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DeadLetterInfo>> ListAsync(int take = 100, int? generation = null, CancellationToken cancellationToken = default)
    {
        await using var command = dataSource.CreateCommand(
            $"SELECT {Columns} FROM {await TableAsync(generation, cancellationToken)} ORDER BY failed_at, stream, revision LIMIT $1");
        command.Parameters.Add(new() { Value = take });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var letters = new List<DeadLetterInfo>();
        while (await reader.ReadAsync(cancellationToken)) letters.Add(Read(reader));
        return letters;
    }

    /// <inheritdoc/>
    public async Task<DeadLetterContent?> ShowAsync(string stream, long revision, int? generation = null, CancellationToken cancellationToken = default)
    {
        await using var command = Command($"SELECT {Columns}, data, metadata FROM {await TableAsync(generation, cancellationToken)} {ThisOne}", stream, revision);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new DeadLetterContent(Read(reader), (byte[])reader[6], (byte[])reader[7]) : null;
    }

    /// <inheritdoc/>
    public async Task<bool> RetryAsync(string stream, long revision, int? generation = null, CancellationToken cancellationToken = default)
    {
        await using var command = Command($"UPDATE {await TableAsync(generation, cancellationToken)} SET retry = true {ThisOne}", stream, revision);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <inheritdoc/>
    public async Task<bool> DiscardAsync(string stream, long revision, int? generation = null, CancellationToken cancellationToken = default)
    {
        await using var command = Command($"DELETE FROM {await TableAsync(generation, cancellationToken)} {ThisOne}", stream, revision);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private static DeadLetterInfo Read(NpgsqlDataReader reader) =>
        new(reader.GetString(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), new(reader.GetDateTime(4)), reader.GetBoolean(5));

    private async Task<string> TableAsync(int? generation, CancellationToken cancellationToken)
    {
        var all = await generations.ListAsync(cancellationToken);
        var found = all.SingleOrDefault(g => generation is null ? g.State == Generation.Active : g.Id == generation)
            ?? throw new InvalidOperationException($"There is no generation {generation}.");
        return GenerationTables.Schema(found.Id) + ".dead_letters";
    }

    private NpgsqlCommand Command(string sql, string stream, long revision)
    {
        var command = dataSource.CreateCommand(sql);
        command.Parameters.Add(new() { Value = stream });
        command.Parameters.Add(new() { Value = revision });
        return command;
    }
}
