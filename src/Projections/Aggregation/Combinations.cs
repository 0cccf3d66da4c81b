using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Adclicks.Projections.Aggregation;

/// <summary>
/// Numbers the combinations of dimension values that a cuboid has met, so that its three tables need not keep and
/// compare the wide key each.
/// </summary>
internal sealed class Combinations(int width)
{
    private const int StartCapacity = 256;
    private int[] _values = new int[StartCapacity * width];
    private int[] _slots = new int[StartCapacity * 2];

    public int Count { get; private set; }

    /// <summary>The values of a combination.</summary>
    public ReadOnlySpan<int> this[int combination] => _values.AsSpan(combination * width, width);

    /// <summary>The number of a combination.</summary>
    public int Intern(ReadOnlySpan<int> values)
    {
        var mask = _slots.Length - 1;
        for (var slot = Slot(values, mask); ; slot = (slot + 1) & mask)
        {
            var combination = _slots[slot] - 1;
            if (combination < 0) return Add(values, slot);
            if (this[combination].SequenceEqual(values)) return combination;
        }
    }

    public void Clear()
    {
        _values = new int[StartCapacity * width];
        _slots = new int[StartCapacity * 2];
        Count = 0;
    }

    private int Add(ReadOnlySpan<int> values, int slot)
    {
        if (Count * 2 == _slots.Length)
        {
            Grow();
            var mask = _slots.Length - 1;
            for (slot = Slot(values, mask); _slots[slot] != 0; slot = (slot + 1) & mask) { }
        }

        values.CopyTo(_values.AsSpan(Count * width));
        _slots[slot] = Count + 1;
        return Count++;
    }

    private void Grow()
    {
        Array.Resize(ref _values, _values.Length * 2);
        _slots = new int[_slots.Length * 2];
        var mask = _slots.Length - 1;
        for (var combination = 0; combination < Count; combination++)
        {
            var slot = Slot(this[combination], mask);
            while (_slots[slot] != 0) slot = (slot + 1) & mask;
            _slots[slot] = combination + 1;
        }
    }

    private static int Slot(ReadOnlySpan<int> values, int mask) =>
        (int)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(values)) & mask;
}
