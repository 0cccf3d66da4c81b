using Adclicks.Domain.Rollups;
using Adclicks.Projections.Schema;

namespace Adclicks.Projections.Aggregation;

/// <summary>Walks sorted clicks once and makes the rows of one table, block by block.</summary>
internal sealed class TableScan(ClickColumns clicks, CuboidOrder order, RollupShape shape)
{
    private readonly int _bucketMinutes = (int)(shape.Granularity.LengthMs() / 60_000);
    private readonly int _spanMinutes = (int)(shape.Granularity.SpanMs() / 60_000);
    private int _at;

    /// <summary>Fills a block with rows of one span; false at the end.</summary>
    /// <param name="block">Empty.</param>
    /// <param name="span">Its start, in minutes since the Unix epoch.</param>
    public bool Fill(BlockBuilder block, out int span)
    {
        span = 0;
        if (_at == clicks.Count) return false;
        var first = clicks.Minutes[order.Order[_at]];
        span = first - (first % _spanMinutes);
        while (_at < clicks.Count && !block.IsFull)
        {
            var minute = clicks.Minutes[order.Order[_at]];
            if (minute - span >= _spanMinutes) break;
            AddRow(block, order.Order[_at], minute - (minute % _bucketMinutes), (minute - span) / _bucketMinutes);
        }

        return true;
    }

    private void AddRow(BlockBuilder block, int first, int bucket, int place)
    {
        var sorted = order.Order;
        var group = order.Groups[first];
        long gross = 0, counted = 0, fraudulent = 0;
        for (; _at < clicks.Count; _at++)
        {
            var click = sorted[_at];
            if (order.Groups[click] != group || (uint)(clicks.Minutes[click] - bucket) >= (uint)_bucketMinutes) break;
            gross++;
            var outcome = clicks.Outcomes[click];
            if ((outcome & ClickColumns.Outcome.Counted) == 0) continue;
            counted++;
            if ((outcome & ClickColumns.Outcome.Fraudulent) != 0) fraudulent++;
            block.Users.Row.Add(clicks.Users[click]);
            if ((outcome & ClickColumns.Outcome.HasIp) != 0) block.Ips.Row.Add(clicks.Ips[click]);
        }

        block.Users.EndRow();
        block.Ips.EndRow();
        var dimensions = shape.Cuboid.Dimensions;
        Span<int> values = stackalloc int[dimensions.Count];
        for (var d = 0; d < values.Length; d++) values[d] = clicks.Values((int)dimensions[d])[first];
        block.Add(place, values, gross, counted, fraudulent);
    }
}
