using Adclicks.Projections.Engine;
using Npgsql;

namespace Adclicks.Projections.Storage;

/// <summary>The last revision projected of each partition.</summary>
internal static class CheckpointStore
{
    public static async Task LoadAsync(
        NpgsqlConnection connection, string schema, int lane, Dictionary<int, PartitionState> partitions, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT partition, revision FROM {schema}.checkpoints WHERE lane = $1", connection);
        command.Parameters.Add(new() { Value = (short)lane });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var partition = partitions[reader.GetInt16(0)];
            partition.Revision = partition.StoredRevision = reader.GetInt64(1);
        }
    }

    /// <summary>Compare and set: each must be where this lane left it.</summary>
    public static async Task SaveAsync(
        NpgsqlConnection connection, string schema, IEnumerable<PartitionState> partitions, CancellationToken cancellationToken)
    {
        var dirty = partitions.Where(p => p.IsDirty).ToArray();
        if (dirty.Length == 0) return;
        await using var command = new NpgsqlCommand($"""
            UPDATE {schema}.checkpoints c
            SET revision = n.revision, clicks = c.clicks + n.clicks, unknown_events = c.unknown_events + n.unknown, log_clock = n.log_clock
            FROM unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::timestamptz[])
              AS n (partition, stored, revision, clicks, unknown, log_clock)
            WHERE c.partition = n.partition AND c.revision = n.stored
            """, connection);
        command.Parameters.Add(new() { Value = Array.ConvertAll(dirty, p => (short)p.Partition) });
        command.Parameters.Add(new() { Value = Array.ConvertAll(dirty, p => p.StoredRevision) });
        command.Parameters.Add(new() { Value = Array.ConvertAll(dirty, p => p.Revision) });
        command.Parameters.Add(new() { Value = Array.ConvertAll(dirty, p => p.Clicks) });
        command.Parameters.Add(new() { Value = Array.ConvertAll(dirty, p => p.UnknownEvents) });
        command.Parameters.Add(new() { Value = Array.ConvertAll(dirty, p => DateTime.UnixEpoch.AddMilliseconds(p.Judge.LogClockMs)) });
        if (await command.ExecuteNonQueryAsync(cancellationToken) != dirty.Length)
            throw new LaneConflictException("A checkpoint is not where this lane left it.");
    }
}
