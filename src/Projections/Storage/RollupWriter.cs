using Adclicks.Domain.Rollups;
using Adclicks.Projections.Aggregation;
using Adclicks.Projections.Engine;
using Adclicks.Projections.Leases;
using Adclicks.Projections.Schema;
using Npgsql;

namespace Adclicks.Projections.Storage;

/// <summary>Sorts what a lane has counted and adds it to the rollup tables as one more run of each; reads nothing.</summary>
internal sealed class RollupWriter(string schema, IReadOnlyList<RollupShape> shapes)
{
    private readonly string[] _copies = [.. shapes.Select(s => BlockCopy.Command(schema, s))];
    private readonly RunMerger _merger = new(schema, shapes);

    /// <summary>Rollup rows written.</summary>
    public async Task<int> WriteAsync(NpgsqlConnection connection, LaneState state, Lease lease, CancellationToken cancellationToken)
    {
        var clicks = state.Buffer.Columns;
        if (clicks.Count == 0) return 0;
        clicks.Resolve(state.Buffer.Dictionaries);
        var order = new CuboidOrder(clicks);
        var run = state.Runs.Next(lease);
        var rows = 0;
        foreach (var tables in shapes.GroupBy(s => s.Cuboid))
        {
            order.SortBy(tables.Key);
            foreach (var shape in tables)
            {
                if (shape.Granularity != Granularity.Day) order.SortSpans(shape.Granularity);
                rows += await CopyAsync(connection, new TableScan(clicks, order, shape), shape, state, run, cancellationToken);
            }
        }

        await _merger.MergeAsync(connection, state, lease, cancellationToken);
        return rows;
    }

    private async Task<int> CopyAsync(
        NpgsqlConnection connection, TableScan scan, RollupShape shape, LaneState state, long run, CancellationToken cancellationToken)
    {
        var block = new BlockBuilder(shape.Cuboid.Dimensions.Count);
        var (number, rows) = (0, 0);
        await using var copy = await CopyBuffer.BeginAsync(connection, _copies[shape.Index], cancellationToken);
        for (; scan.Fill(block, out var span); block.Clear())
        {
            BlockCopy.Write(copy, block, span, state.Lane, run, number++);
            state.Runs.Add(shape, span, run, block.Rows);
            rows += block.Rows;
            if (copy.IsFull) await copy.SendAsync(cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
        return rows;
    }
}
