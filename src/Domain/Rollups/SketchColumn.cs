using System.Buffers.Binary;

namespace Adclicks.Domain.Rollups;

/// <summary>
/// The sketches of a block's rows, read in place. First a byte: 0 for no hash in any row, 1 for one hash in each; else
/// the width of a table of ends (2 or 4). An entry of it is where the row's bytes end, counted from the end of the table,
/// times two, plus one where they are in the storage format. Little-endian; hashes and formats as in
/// <see cref="Sketches.SketchBytes"/>.
/// </summary>
/// <param name="packed">The column.</param>
/// <param name="rows">The block's.</param>
public readonly ref struct SketchColumn(ReadOnlySpan<byte> packed, int rows)
{
    internal const byte Empty = 0, OneEach = 1, Short = 2, Long = 4;
    private readonly ReadOnlySpan<byte> _packed = packed;

    /// <summary>The bytes of a row.</summary>
    public ReadOnlySpan<byte> Bytes(int row, out bool isFormat)
    {
        isFormat = false;
        var (start, end) = Range(row, ref isFormat);
        return _packed[start..end];
    }

    /// <summary>How much of a column, in bytes, is enough for <see cref="Range"/>, as SQL.</summary>
    /// <param name="rows">The column with the number of the block's rows.</param>
    public static string MaxHeadBytes(string rows) => $"1 + {Long} * {rows}";

    /// <summary>Where the bytes of a row are: as the head of the column says it.</summary>
    public (int Start, int End) Range(int row, ref bool isFormat)
    {
        switch (_packed[0])
        {
            case Empty:
                return (0, 0);
            case OneEach:
                return (1 + (row * sizeof(ulong)), 1 + ((row + 1) * sizeof(ulong)));
            case var width:
                var end = Entry(row, width);
                isFormat = (end & 1) != 0;
                var body = 1 + (rows * width);
                return (body + (row == 0 ? 0 : Entry(row - 1, width) >> 1), body + (end >> 1));
        }
    }

    private int Entry(int row, int width) => width == Short
        ? BinaryPrimitives.ReadUInt16LittleEndian(_packed[(1 + (row * Short))..])
        : BinaryPrimitives.ReadInt32LittleEndian(_packed[(1 + (row * Long))..]);
}
