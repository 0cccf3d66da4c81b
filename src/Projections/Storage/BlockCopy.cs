using Adclicks.Domain.Rollups;
using Adclicks.Projections.Schema;

namespace Adclicks.Projections.Storage;

/// <summary>Blocks of one run on their way into a table.</summary>
internal static class BlockCopy
{
    public static string Command(string schema, RollupShape shape) =>
        $"COPY {schema}.{shape.Table} ({string.Join(", ", RollupShape.HeadColumns.Concat(shape.Cuboid.PackedColumns))}) FROM STDIN (FORMAT BINARY)";

    /// <param name="copy">Where to.</param>
    /// <param name="block">What.</param>
    /// <param name="span">In minutes since the Unix epoch.</param>
    /// <param name="lane">Whose.</param>
    /// <param name="run">Of the lane.</param>
    /// <param name="number">Of the block in the run.</param>
    public static void Write(CopyBuffer copy, BlockBuilder block, int span, int lane, long run, int number)
    {
        copy.StartRow(RollupShape.HeadColumns.Count + block.Columns);
        copy.Time(span);
        copy.Int16((short)lane);
        copy.Int64(run);
        copy.Int32(number);
        copy.Int32(block.Rows);
        copy.Int32(block.LeadMin);
        copy.Int32(block.LeadMax);
        for (var column = 0; column < block.Columns; column++) copy.Bytea(block, column);
    }
}
