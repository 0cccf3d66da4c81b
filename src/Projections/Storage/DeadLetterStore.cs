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
}
