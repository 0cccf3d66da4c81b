using Adclicks.Domain.Rollups;
using Adclicks.Projections.Engine;
using Adclicks.Projections.Leases;
using Adclicks.Projections.Schema;
using Npgsql;

namespace Adclicks.Projections.Storage;

/// <summary>
/// Has the runs of spans merged that have come to rest: a reader looks into every run there is. Minutes are left alone,
/// for few of their spans are read at once, and they do not stay long.
/// </summary>
internal sealed class SpanSettler(string schema, IReadOnlyList<RollupShape> shapes, ProjectionsOptions options, TimeProvider time)
{
    private readonly RunMerger _merger = new(schema, shapes);

    /// <summary>A span that is due; null where there is none.</summary>
    public async Task<(RollupShape Shape, int Span)?> FindAsync(NpgsqlConnection connection, LaneState state, CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        foreach (var (table, span) in state.Runs.TakeWritten())
        {
            if (IsKept(shapes[table])) state.Settling.Add(table, span, now + (options.SettleAfterMs * time.TimestampFrequency / 1_000));
        }

        if (!state.Settling.HasEarlier)
        {
            foreach (var shape in shapes.Where(IsKept)) await AddEarlierAsync(connection, state, shape, cancellationToken);
            state.Settling.HasEarlier = true;
        }

        return state.Settling.TryTake(now, out var found) ? (shapes[found.Table], found.Span) : null;
    }

    /// <summary>Merges what is worth it, in the transaction that is open; whether that was anything.</summary>
    public async Task<bool> SettleAsync(NpgsqlConnection connection, LaneState state, Lease lease, RollupShape shape, int span, CancellationToken cancellationToken)
    {
        if (!await _merger.SettleAsync(connection, state, lease, shape, span, cancellationToken)) return false;
        state.Settling.Add(shape.Index, span, time.GetTimestamp());
        return true;
    }

    private static bool IsKept(RollupShape shape) => shape.Granularity != Granularity.Minute;

    /// <summary>What was written before the lane was taken up, the latest first.</summary>
    private async Task AddEarlierAsync(NpgsqlConnection connection, LaneState state, RollupShape shape, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"SELECT span FROM {schema}.{shape.Table} WHERE lane = $1 GROUP BY span HAVING min(run) < max(run) ORDER BY span DESC", connection);
        command.Parameters.Add(new() { Value = (short)state.Lane });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) state.Settling.AddEarlier(shape.Index, RunMerger.Minutes(reader.GetDateTime(0)));
    }
}
