using Adclicks.Projections.Engine;
using Npgsql;

namespace Adclicks.Projections.Storage;

/// <summary>
/// What the judges remember, in segments: each commit adds those of its own clicks and deletes the ones that have
/// expired whole.
/// </summary>
internal static class SegmentStore
{
    public static async Task LoadAsync(
        NpgsqlConnection connection, string schema, Dictionary<int, PartitionState> partitions, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"SELECT partition, segment, state FROM {schema}.dedup_segments WHERE partition = ANY($1) ORDER BY partition, segment", connection);
        command.Parameters.Add(new() { Value = partitions.Keys.Select(p => (short)p).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            partitions[reader.GetInt16(0)].Judge.Restore(reader.GetInt64(1), (byte[])reader[2]);
    }

    public static async Task SaveAsync(
        NpgsqlConnection connection, string schema, IEnumerable<PartitionState> partitions, CancellationToken cancellationToken)
    {
        var dirty = partitions.Where(p => p.Clicks > 0).ToArray();
        if (dirty.Length == 0) return;
        var segments = Array.ConvertAll(dirty, p => p.Judge.TakeSegment());
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new($"""
            INSERT INTO {schema}.dedup_segments (partition, segment, state) SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[])
            """)
        {
            Parameters =
            {
                new() { Value = Array.ConvertAll(dirty, p => (short)p.Partition) },
                new() { Value = Array.ConvertAll(segments, s => s.Number) },
                new() { Value = Array.ConvertAll(segments, s => s.State) },
            },
        });
        batch.BatchCommands.Add(new($"""
            DELETE FROM {schema}.dedup_segments d USING unnest($1::smallint[], $2::bigint[]) AS n (partition, first)
            WHERE d.partition = n.partition AND d.segment < n.first
            """)
        {
            Parameters =
            {
                new() { Value = Array.ConvertAll(dirty, p => (short)p.Partition) },
                new() { Value = Array.ConvertAll(dirty, p => p.Judge.FirstSegment) },
            },
        });
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
