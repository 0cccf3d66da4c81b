using Adclicks.Domain.Sketches;

namespace Adclicks.Domain.Rollups;

/// <summary>Rows of one span of a rollup, taken out of their blocks, to be merged or compared.</summary>
/// <param name="dimensions">How many the cuboid has.</param>
public sealed class RollupRows(int dimensions)
{
    private readonly List<SketchBytes> _users = [], _ips = [];
    private int[][] _keys = [.. Enumerable.Range(0, dimensions + 1).Select(_ => Array.Empty<int>())];
    private long[][] _counters = [[], [], []];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The place of a row's bucket in the span.</summary>
    public int Bucket(int row) => _keys[0][row];

    /// <summary>A row's id of a dimension.</summary>
    public int Value(int row, int dimension) => _keys[1 + dimension][row];

    /// <summary>Gross, click or fraudulent.</summary>
    public long Counter(int row, int counter) => _counters[counter][row];

    /// <summary>Visitors.</summary>
    public SketchBytes Users(int row) => _users[row];

    /// <summary>Addresses.</summary>
    public SketchBytes Ips(int row) => _ips[row];

    /// <summary>Adds the rows of a block.</summary>
    /// <param name="rows">How many they are.</param>
    /// <param name="columns">All of them, in the order of <see cref="BlockBuilder"/>; kept.</param>
    public void AddBlock(int rows, IReadOnlyList<byte[]> columns)
    {
        Reserve(rows);
        for (var k = 0; k < _keys.Length; k++) NumberColumn.Unpack(columns[k], _keys[k].AsSpan(Count, rows));
        for (var c = 0; c < _counters.Length; c++) NumberColumn.Unpack(columns[_keys.Length + c], _counters[c].AsSpan(Count, rows));
        AddSketches(_users, columns[^2], rows);
        AddSketches(_ips, columns[^1], rows);
        Count += rows;
    }

    /// <summary>Sorted by dimensions and bucket, and every key once.</summary>
    public RollupRows Merge()
    {
        var order = new int[Count];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        var sort = new RadixSort();
        sort.By(ref order, Count, _keys[0]);
        for (var d = _keys.Length - 1; d > 0; d--) sort.By(ref order, Count, _keys[d]);
        var merged = new RollupRows(dimensions);
        merged.Reserve(Count);
        var sketch = new SketchBuilder();
        for (var from = 0; from < Count;)
        {
            var to = from + 1;
            while (to < Count && IsSame(order[from], order[to])) to++;
            merged.Add(this, order.AsSpan(from, to - from), sketch);
            from = to;
        }

        return merged;
    }

    /// <summary>Fills a block with the rows from one on and returns the first that had no room.</summary>
    public int Fill(BlockBuilder block, int from)
    {
        Span<int> values = stackalloc int[dimensions];
        for (; from < Count && !block.IsFull; from++)
        {
            for (var d = 0; d < dimensions; d++) values[d] = Value(from, d);
            block.Users.AddRow(_users[from].Bytes.Span, _users[from].IsFormat);
            block.Ips.AddRow(_ips[from].Bytes.Span, _ips[from].IsFormat);
            block.Add(Bucket(from), values, _counters[0][from], _counters[1][from], _counters[2][from]);
        }

        return from;
    }

    /// <summary>Below zero where the key of a row comes before that of another's; zero where they are the same.</summary>
    public int CompareKeys(int row, RollupRows other, int otherRow)
    {
        for (var k = 1; k < _keys.Length; k++)
        {
            if (_keys[k][row] != other._keys[k][otherRow]) return _keys[k][row].CompareTo(other._keys[k][otherRow]);
        }

        return _keys[0][row].CompareTo(other._keys[0][otherRow]);
    }

    /// <summary>Whether counters and sketches are the same.</summary>
    public bool IsLike(int row, RollupRows other, int otherRow) =>
        _counters.Zip(other._counters).All(c => c.First[row] == c.Second[otherRow])
        && _users[row].IsLike(other._users[otherRow]) && _ips[row].IsLike(other._ips[otherRow]);

    private void Add(RollupRows from, ReadOnlySpan<int> rows, SketchBuilder sketch)
    {
        for (var k = 0; k < _keys.Length; k++) _keys[k][Count] = from._keys[k][rows[0]];
        foreach (var row in rows)
        {
            for (var c = 0; c < _counters.Length; c++) _counters[c][Count] += from._counters[c][row];
        }

        _users.Add(Unite(from._users, rows, sketch));
        _ips.Add(Unite(from._ips, rows, sketch));
        Count++;
    }

    private static SketchBytes Unite(List<SketchBytes> all, ReadOnlySpan<int> rows, SketchBuilder sketch)
    {
        if (rows.Length == 1) return all[rows[0]];
        foreach (var row in rows) sketch.Add(all[row].Bytes.Span, all[row].IsFormat);
        Span<byte> space = stackalloc byte[SketchBuilder.MaxBytes];
        var bytes = space[..sketch.Take(space, out var isFormat)].ToArray();
        return new SketchBytes(bytes, isFormat);
    }

    private bool IsSame(int row, int other)
    {
        foreach (var key in _keys)
        {
            if (key[row] != key[other]) return false;
        }

        return true;
    }

    private static void AddSketches(List<SketchBytes> sketches, byte[] column, int rows)
    {
        var packed = new SketchColumn(column, rows);
        for (var row = 0; row < rows; row++)
        {
            var isFormat = false;
            var (start, end) = packed.Range(row, ref isFormat);
            sketches.Add(new SketchBytes(column.AsMemory(start, end - start), isFormat));
        }
    }

    private void Reserve(int more)
    {
        if (_counters[0].Length - Count >= more) return;
        var room = Math.Max(Count + more, _counters[0].Length * 2);
        foreach (ref var key in _keys.AsSpan()) Array.Resize(ref key, room);
        foreach (ref var counter in _counters.AsSpan()) Array.Resize(ref counter, room);
    }
}
