namespace Adclicks.Domain.Rollups;

/// <summary>A stable sort of an order by one key after another, the least significant first.</summary>
public sealed class RadixSort
{
    private const int WideFrom = 16_384;
    private readonly int[] _counts = new int[1 << 16];
    private int[] _scratch = [];

    /// <summary>Sorts <paramref name="order"/> by the key of what it names; what is equal stays as it was.</summary>
    /// <param name="order">Numbers of items, of any array length; sorted in place.</param>
    /// <param name="count">How many of them.</param>
    /// <param name="keys">By item.</param>
    public void By(ref int[] order, int count, ReadOnlySpan<int> keys)
    {
        if (count < 2) return;
        if (_scratch.Length < count) _scratch = new int[order.Length];
        int least = int.MaxValue, most = int.MinValue;
        foreach (var item in order.AsSpan(0, count))
        {
            least = Math.Min(least, keys[item]);
            most = Math.Max(most, keys[item]);
        }

        var bits = count >= WideFrom ? 16 : 8;
        var range = (uint)(most - least);
        for (var shift = 0; shift < 32 && range >> shift != 0; shift += bits)
        {
            Pass(order.AsSpan(0, count), keys, least, shift, (1 << bits) - 1);
            (order, _scratch) = (_scratch, order);
        }
    }

    private void Pass(ReadOnlySpan<int> order, ReadOnlySpan<int> keys, int least, int shift, int mask)
    {
        var counts = _counts.AsSpan(0, mask + 1);
        counts.Clear();
        foreach (var item in order) counts[(int)((uint)(keys[item] - least) >> shift) & mask]++;
        var sum = 0;
        foreach (ref var count in counts) (count, sum) = (sum, sum + count);
        foreach (var item in order) _scratch[counts[(int)((uint)(keys[item] - least) >> shift) & mask]++] = item;
    }
}
