namespace Adclicks.Domain.Rollups;

/// <summary>
/// Gathers rows of a rollup and packs them by column: bucket (its place in the span, from 0), dimensions in the order of
/// the cuboid, the three counters, the two sketches.
/// </summary>
/// <param name="dimensions">How many the cuboid has.</param>
public sealed class BlockBuilder(int dimensions)
{
    /// <summary>The most rows of a block.</summary>
    public const int MaxRows = 1_024;

    private readonly long[][] _numbers = [.. Enumerable.Range(0, dimensions + 4).Select(_ => new long[MaxRows])];

    /// <summary>Rows so far.</summary>
    public int Rows { get; private set; }

    /// <summary>No room for another row.</summary>
    public bool IsFull => Rows == MaxRows;

    /// <summary>All columns, the numbers first.</summary>
    public int Columns => _numbers.Length + 2;

    /// <summary>The least id of the first dimension.</summary>
    public int LeadMin { get; private set; }

    /// <summary>The greatest.</summary>
    public int LeadMax { get; private set; }

    /// <summary>Visitors of the row to come: give it its hashes before <see cref="Add"/>.</summary>
    public SketchColumnBuilder Users { get; } = new();

    /// <summary>Addresses of the row to come.</summary>
    public SketchColumnBuilder Ips { get; } = new();

    /// <summary>Adds a row. Its sketches are ended by the caller.</summary>
    public void Add(int bucket, ReadOnlySpan<int> values, long gross, long click, long fraudulent)
    {
        var row = Rows++;
        _numbers[0][row] = bucket;
        for (var d = 0; d < values.Length; d++) _numbers[1 + d][row] = values[d];
        _numbers[^3][row] = gross;
        _numbers[^2][row] = click;
        _numbers[^1][row] = fraudulent;
        LeadMin = row == 0 ? values[0] : Math.Min(LeadMin, values[0]);
        LeadMax = row == 0 ? values[0] : Math.Max(LeadMax, values[0]);
    }

    /// <summary>Enough room for a column.</summary>
    public int MaxBytes(int column) => column < _numbers.Length ? NumberColumn.MaxBytes(Rows) : Sketches(column).MaxBytes;

    /// <summary>Writes a column and returns its length.</summary>
    public int Pack(int column, Span<byte> destination) =>
        column < _numbers.Length ? NumberColumn.Pack(_numbers[column].AsSpan(0, Rows), destination) : Sketches(column).Pack(destination);

    /// <summary>A column in bytes of its own.</summary>
    public byte[] Pack(int column)
    {
        var space = new byte[MaxBytes(column)];
        return space[..Pack(column, space)];
    }

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        Rows = 0;
        Users.Clear();
        Ips.Clear();
    }

    private SketchColumnBuilder Sketches(int column) => column == _numbers.Length ? Users : Ips;
}
