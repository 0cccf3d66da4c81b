namespace Adclicks.Projections.Aggregation;

/// <summary>
/// The rows of one rollup table in memory, by bucket (minutes since the Unix epoch) and combination of dimension values.
/// An open-addressing hash table over one array of structs: rows are many and small.
/// </summary>
internal sealed class RowTable
{
    private const int StartCapacity = 256;
    private ulong[] _keys = new ulong[StartCapacity];
    private RollupRow[] _rows = new RollupRow[StartCapacity];
    private int[] _slots = new int[StartCapacity * 2];
    private readonly List<int> _dirty = [];

    public int Count { get; private set; }

    /// <summary>
    /// Rows of later buckets are in the table only if they are here: the lane began, and has forgotten rows, before them.
    /// </summary>
    public int KnownAfter { get; set; } = int.MaxValue;

    /// <summary>The rows touched since the last <see cref="MarkClean"/>.</summary>
    public List<int> Dirty => _dirty;

    public ref RollupRow this[int row] => ref _rows[row];

    public int BucketOf(int row) => (int)(_keys[row] >> 32);

    public int CombinationOf(int row) => (int)(uint)_keys[row];

    /// <summary>The row of a key, made if it is not there, now dirty.</summary>
    public ref RollupRow Touch(int bucket, int combination)
    {
        var index = Find(((ulong)(uint)bucket << 32) | (uint)combination);
        ref var row = ref _rows[index];
        if (row.IsDirty) return ref row;
        row.IsDirty = true;
        _dirty.Add(index);
        return ref row;
    }

    /// <summary>The dirty rows are now as the table has them.</summary>
    public void MarkClean()
    {
        foreach (var index in _dirty)
        {
            _rows[index].IsDirty = false;
            _rows[index].State = RowState.Stored;
        }

        _dirty.Clear();
    }

    public void Clear()
    {
        for (var row = 0; row < Count; row++) KnownAfter = Math.Max(KnownAfter, BucketOf(row));
        if (_rows.Length > StartCapacity * 64)
        {
            _keys = new ulong[StartCapacity];
            _rows = new RollupRow[StartCapacity];
            _slots = new int[StartCapacity * 2];
        }
        else
        {
            Array.Clear(_rows, 0, Count);
            Array.Clear(_slots);
        }

        _dirty.Clear();
        Count = 0;
    }

    private int Find(ulong key)
    {
        var mask = _slots.Length - 1;
        for (var slot = Slot(key, mask); ; slot = (slot + 1) & mask)
        {
            var row = _slots[slot] - 1;
            if (row < 0) return Add(key, slot);
            if (_keys[row] == key) return row;
        }
    }

    private int Add(ulong key, int slot)
    {
        if (Count == _rows.Length)
        {
            Grow();
            var mask = _slots.Length - 1;
            for (slot = Slot(key, mask); _slots[slot] != 0; slot = (slot + 1) & mask) { }
        }

        _keys[Count] = key;
        _slots[slot] = Count + 1;
        if ((int)(key >> 32) > KnownAfter) _rows[Count].State = RowState.New;
        return Count++;
    }

    private void Grow()
    {
        Array.Resize(ref _keys, Count * 2);
        Array.Resize(ref _rows, Count * 2);
        _slots = new int[Count * 4];
        var mask = _slots.Length - 1;
        for (var row = 0; row < Count; row++)
        {
            var slot = Slot(_keys[row], mask);
            while (_slots[slot] != 0) slot = (slot + 1) & mask;
            _slots[slot] = row + 1;
        }
    }

    private static int Slot(ulong key, int mask) => (int)((key * 0x9E3779B97F4A7C15UL) >> 32) & mask;
}
