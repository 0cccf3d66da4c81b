using Adclicks.Projections.Generations;
using Adclicks.Projections.Schema;
using Npgsql;

namespace Adclicks.Projections.DeadLetters;

/// <inheritdoc cref="IDeadLetters"/>
internal sealed class DeadLetters(NpgsqlDataSource dataSource, GenerationStore generations) : IDeadLetters
{
    private const string ThisOne = "WHERE stream = $1 AND revision = $2";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DeadLetterInfo>> ListAsync(int take = 100, CancellationToken cancellationToken = default)
    {
        await using var command = dataSource.CreateCommand(
            $"SELECT stream, revision, event_type, reason, failed_at, retry FROM {await TableAsync(cancellationToken)} ORDER BY failed_at, stream, revision LIMIT $1");
        command.Parameters.Add(new() { Value = take });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var letters = new List<DeadLetterInfo>();
        while (await reader.ReadAsync(cancellationToken))
            letters.Add(new(reader.GetString(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), new(reader.GetDateTime(4)), reader.GetBoolean(5)));
        return letters;
    }

    /// <inheritdoc/>
    public async Task<DeadLetterContent?> ShowAsync(string stream, long revision, CancellationToken cancellationToken = default)
    {
        await using var command = Command($"SELECT data, metadata FROM {await TableAsync(cancellationToken)} {ThisOne}", stream, revision);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new DeadLetterContent((byte[])reader[0], (byte[])reader[1]) : null;
    }

    /// <inheritdoc/>
    public async Task<bool> RetryAsync(string stream, long revision, CancellationToken cancellationToken = default)
    {
        await using var command = Command($"UPDATE {await TableAsync(cancellationToken)} SET retry = true {ThisOne}", stream, revision);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <inheritdoc/>
    public async Task<bool> DiscardAsync(string stream, long revision, CancellationToken cancellationToken = default)
    {
        await using var command = Command($"DELETE FROM {await TableAsync(cancellationToken)} {ThisOne}", stream, revision);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private async Task<string> TableAsync(CancellationToken cancellationToken)
    {
        var active = (await generations.ListAsync(cancellationToken)).Single(g => g.State == Generation.Active);
        return GenerationTables.Schema(active.Id) + ".dead_letters";
    }

    private NpgsqlCommand Command(string sql, string stream, long revision)
    {
        var command = dataSource.CreateCommand(sql);
        command.Parameters.Add(new() { Value = stream });
        command.Parameters.Add(new() { Value = revision });
        return command;
    }
}
