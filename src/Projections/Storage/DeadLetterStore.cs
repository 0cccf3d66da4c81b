using Adclicks.EventStore;
using Adclicks.Projections.Engine;
using Npgsql;

namespace Adclicks.Projections.Storage;

/// <summary>Events set aside, as they are in the log.</summary>
internal static class DeadLetterStore
{
    public static async Task SaveAsync(
        NpgsqlConnection connection, string schema, IReadOnlyList<DeadLetter> letters, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (letters.Count == 0) return;
        await using var batch = new NpgsqlBatch(connection);
        foreach (var (e, reason) in letters)
        {
            batch.BatchCommands.Add(new($"""
                INSERT INTO {schema}.dead_letters (stream, revision, event_id, event_type, reason, data, metadata, failed_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                ON CONFLICT (stream, revision) DO UPDATE SET reason = excluded.reason, failed_at = excluded.failed_at
                """)
            {
                Parameters =
                {
                    new() { Value = e.Stream }, new() { Value = e.Revision }, new() { Value = e.Id }, new() { Value = e.Type },
                    new() { Value = reason.Replace('\0', '\uFFFD') }, new() { Value = e.Data }, new() { Value = e.Metadata },
                    new() { Value = now.UtcDateTime },
                },
            });
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Takes the mark off those that are to be tried again, and returns them.</summary>
    public static async Task<IReadOnlyList<RecordedEvent>> ClaimRetriesAsync(
        NpgsqlConnection connection, string schema, string[] streams, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"""
            UPDATE {schema}.dead_letters SET retry = false WHERE retry AND stream = ANY($1)
            RETURNING stream, revision, event_id, event_type, data, metadata, failed_at
            """, connection);
        command.Parameters.Add(new() { Value = streams });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var letters = new List<RecordedEvent>();
        while (await reader.ReadAsync(cancellationToken))
            letters.Add(new(reader.GetString(0), reader.GetInt64(1), reader.GetGuid(2), reader.GetString(3), (byte[])reader[4], (byte[])reader[5], new(reader.GetDateTime(6))));
        return letters;
    }

    /// <summary>Removes those that have been applied; each must still be there, or it would count twice.</summary>
    public static async Task DeleteAsync(NpgsqlConnection connection, string schema, IReadOnlyList<RecordedEvent> applied, CancellationToken cancellationToken)
    {
        foreach (var letter in applied)
        {
            await using var command = new NpgsqlCommand($"DELETE FROM {schema}.dead_letters WHERE stream = $1 AND revision = $2", connection);
            command.Parameters.Add(new() { Value = letter.Stream });
            command.Parameters.Add(new() { Value = letter.Revision });
            if (await command.ExecuteNonQueryAsync(cancellationToken) != 1)
                throw new LaneConflictException($"The dead letter {letter.Stream}@{letter.Revision} was discarded while it was retried.");
        }
    }
}
