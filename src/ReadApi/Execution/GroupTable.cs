using System.Numerics;
using Adclicks.Domain.Sketches;

namespace Adclicks.ReadApi.Execution;

/// <summary>
/// What has been added up by combination of bucket and dictionary ids, in flat arrays: a report may look at millions of
/// stored rows for a handful of combinations.
/// </summary>
/// <param name="width">Numbers in a combination, the bucket first.</param>
internal sealed class GroupTable(int width)
{
    private const int StartRoom = 256;
    private int[] _keys = new int[StartRoom * width];
    private int[] _slots = new int[StartRoom * 2];
    private long[][] _counters = [new long[StartRoom], new long[StartRoom], new long[StartRoom]];
    private readonly SketchUnion?[]?[] _sketches = [null, null];

    public int Width => width;

    public int Count { get; private set; }

    public ReadOnlySpan<int> this[int group] => _keys.AsSpan(group * width, width);

    /// <summary>Gross, click or fraudulent, by group.</summary>
    public Span<long> Counter(int counter) => _counters[counter];

    /// <summary>The number of a combination; −1 where it is not there and is not to be added.</summary>
    public int Find(ReadOnlySpan<int> key, bool add)
    {
        var mask = _slots.Length - 1;
        for (var slot = Slot(key, mask); ; slot = (slot + 1) & mask)
        {
            var group = _slots[slot] - 1;
            if (group < 0) return add ? Add(key, slot) : -1;
            if (this[group].SequenceEqual(key)) return group;
        }
    }

    /// <summary>Adds a row's sketch to that of its group.</summary>
    public void Unite(int group, int index, ReadOnlySpan<byte> bytes, bool isFormat) =>
        (Sketches(index)[group] ??= new SketchUnion()).Add(bytes, isFormat);

    public SketchUnion? Sketch(int group, int index) => _sketches[index]?[group];

    /// <summary>Most answers need none.</summary>
    private SketchUnion?[] Sketches(int index) => _sketches[index] ??= new SketchUnion?[_counters[0].Length];

    private int Add(ReadOnlySpan<int> key, int slot)
    {
        if (Count * 2 == _slots.Length)
        {
            Grow();
            var mask = _slots.Length - 1;
            for (slot = Slot(key, mask); _slots[slot] != 0; slot = (slot + 1) & mask) { }
        }

        key.CopyTo(_keys.AsSpan(Count * width));
        _slots[slot] = Count + 1;
        return Count++;
    }

    private void Grow()
    {
        Array.Resize(ref _keys, _keys.Length * 2);
        foreach (ref var counter in _counters.AsSpan()) Array.Resize(ref counter, Count * 2);
        foreach (ref var sketches in _sketches.AsSpan())
        {
            if (sketches is not null) Array.Resize(ref sketches, Count * 2);
        }

        _slots = new int[Count * 4];
        var mask = _slots.Length - 1;
        for (var group = 0; group < Count; group++)
        {
            var slot = Slot(this[group], mask);
            while (_slots[slot] != 0) slot = (slot + 1) & mask;
            _slots[slot] = group + 1;
        }
    }

    /// <summary>Multiplying by an odd number brings what differs to the upper half: ids are small, and mostly in a row.</summary>
    private static int Slot(ReadOnlySpan<int> key, int mask)
    {
        ulong hash = 0;
        foreach (var number in key) hash = (BitOperations.RotateLeft(hash, 23) ^ (uint)number) * 0x9E3779B97F4A7C15;
        return (int)(hash >> 32) & mask;
    }
}
