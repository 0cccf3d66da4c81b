using Adclicks.Domain.Rollups;
using Adclicks.Projections.Schema;
using Npgsql;

namespace Adclicks.Projections.Storage;

/// <summary>Reads blocks whole.</summary>
internal static class BlockReader
{
    /// <summary>What a statement has to select.</summary>
    public static string Columns(RollupShape shape) => string.Join(", ", [Cuboid.RowsColumn, .. shape.Cuboid.PackedColumns]);

    /// <summary>The rows of all blocks that a statement finds.</summary>
    public static async Task<RollupRows> ReadAsync(NpgsqlCommand command, RollupShape shape, CancellationToken cancellationToken)
    {
        var rows = new RollupRows(shape.Cuboid.Dimensions.Count);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            rows.AddBlock(reader.GetInt32(0), [.. Enumerable.Range(1, reader.FieldCount - 1).Select(reader.GetFieldValue<byte[]>)]);
        return rows;
    }
}
