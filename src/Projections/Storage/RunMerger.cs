using Adclicks.Domain.Rollups;
using Adclicks.Projections.Engine;
using Adclicks.Projections.Leases;
using Adclicks.Projections.Schema;
using Npgsql;

namespace Adclicks.Projections.Storage;

/// <summary>
/// Makes few runs of many, in the transaction that added the last of them: readers see either the old ones or the new one.
/// </summary>
internal sealed class RunMerger(string schema, IReadOnlyList<RollupShape> shapes)
{
    public async Task MergeAsync(NpgsqlConnection connection, LaneState state, Lease lease, CancellationToken cancellationToken)
    {
        foreach (var shape in shapes)
        {
            await LoadAsync(connection, state, shape, state.Runs.TakeUnknown(shape), cancellationToken);
            foreach (var (span, runs) in state.Runs.TakeDue(shape)) await MergeAsync(connection, state, lease, shape, span, runs, cancellationToken);
        }

        state.Runs.Trim();
    }

    /// <summary>Makes one run of those of a span at rest, as far as that is worth it; whether there may be more to do.</summary>
    public async Task<bool> SettleAsync(NpgsqlConnection connection, LaneState state, Lease lease, RollupShape shape, int span, CancellationToken cancellationToken)
    {
        if (state.Runs.TakeUnknown(shape, span)) await LoadAsync(connection, state, shape, [span], cancellationToken);
        var runs = await FittingAsync(connection, state.Lane, shape, span, state.Runs.Settled(shape, span), cancellationToken);
        if (runs.Length > 0) await MergeAsync(connection, state, lease, shape, span, runs, cancellationToken);
        return runs.Length > 0;
    }

    /// <summary>Of some runs those, the small ones first, whose sketches fit into memory together; none where that is but one.</summary>
    private async Task<long[]> FittingAsync(NpgsqlConnection connection, int lane, RollupShape shape, int span, long[] runs, CancellationToken cancellationToken)
    {
        if (runs.Length == 0) return [];
        await using var command = new NpgsqlCommand($"""
            SELECT run, sum(octet_length({Cuboid.UniqueUsersColumn})::bigint + octet_length({Cuboid.UniqueIpsColumn}))::bigint AS bytes
            FROM {schema}.{shape.Table} WHERE span = $1 AND lane = $2 AND run = ANY($3) GROUP BY run ORDER BY bytes
            """, connection);
        command.Parameters.Add(new() { Value = Time(span) });
        command.Parameters.Add(new() { Value = (short)lane });
        command.Parameters.Add(new() { Value = runs });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var (fitting, total) = (new List<long>(), 0L);
        while (await reader.ReadAsync(cancellationToken) && (total += reader.GetInt64(1)) <= MergePolicy.MaxSettledBytes) fitting.Add(reader.GetInt64(0));
        return fitting.Count > 1 ? [.. fitting] : [];
    }

    private async Task LoadAsync(NpgsqlConnection connection, LaneState state, RollupShape shape, int[] spans, CancellationToken cancellationToken)
    {
        if (spans.Length == 0) return;
        await using var command = new NpgsqlCommand(
            $"SELECT span, run, sum(rows)::integer FROM {schema}.{shape.Table} WHERE span = ANY($1) AND lane = $2 GROUP BY span, run", connection);
        command.Parameters.Add(new() { Value = Array.ConvertAll(spans, Time) });
        command.Parameters.Add(new() { Value = (short)state.Lane });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) state.Runs.Set(shape, Minutes(reader.GetDateTime(0)), reader.GetInt64(1), reader.GetInt32(2));
    }

    private async Task MergeAsync(
        NpgsqlConnection connection, LaneState state, Lease lease, RollupShape shape, int span, long[] runs, CancellationToken cancellationToken)
    {
        var rows = (await TakeAsync(connection, state.Lane, shape, span, runs, cancellationToken)).Merge();
        var run = state.Runs.Next(lease);
        var block = new BlockBuilder(shape.Cuboid.Dimensions.Count);
        await using var copy = await CopyBuffer.BeginAsync(connection, BlockCopy.Command(schema, shape), cancellationToken);
        for (int from = 0, number = 0; from < rows.Count; number++, block.Clear())
        {
            from = rows.Fill(block, from);
            BlockCopy.Write(copy, block, span, state.Lane, run, number);
            if (copy.IsFull) await copy.SendAsync(cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
        state.Runs.Replace(shape, span, runs, run, rows.Count);
    }

    /// <summary>Deletes runs and returns their rows.</summary>
    private async Task<RollupRows> TakeAsync(
        NpgsqlConnection connection, int lane, RollupShape shape, int span, long[] runs, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"DELETE FROM {schema}.{shape.Table} WHERE span = $1 AND lane = $2 AND run = ANY($3) RETURNING {BlockReader.Columns(shape)}", connection);
        command.Parameters.Add(new() { Value = Time(span) });
        command.Parameters.Add(new() { Value = (short)lane });
        command.Parameters.Add(new() { Value = runs });
        return await BlockReader.ReadAsync(command, shape, cancellationToken);
    }

    private static DateTime Time(int minutes) => DateTime.UnixEpoch.AddMinutes(minutes);

    /// <summary>Since the Unix epoch.</summary>
    public static int Minutes(DateTime time) => (int)(time - DateTime.UnixEpoch).TotalMinutes;
}
