using System.Diagnostics.CodeAnalysis;

namespace Adclicks.Domain.InvalidTraffic;

/// <summary>
/// Times in order, with repeats. Most come last and leave first, which is cheap; one alone needs no array, because most
/// sources click once.
/// </summary>
internal struct SortedTimes
{
    private const int StartCapacity = 4;
    private long[]? _times;
    private long _only;
    private int _start;

    public int Count { get; private set; }

    [UnscopedRef]
    private readonly ReadOnlySpan<long> All => _times is null ? new ReadOnlySpan<long>(in _only)[..Count] : _times.AsSpan(_start, Count);

    public void Add(long time)
    {
        if (Count == 0 && _times is null) _only = time;
        else Insert(FirstAfter(All, time), time);
        Count++;
    }

    /// <summary>Takes out one of those that are alike.</summary>
    public void Remove(long time)
    {
        var index = FirstAfter(All, time) - 1;
        if (index < 0 || All[index] != time) throw new InvalidOperationException("A time is taken out that is not there.");
        if (_times is not null)
        {
            if (index < Count / 2)
            {
                _times.AsSpan(_start, index).CopyTo(_times.AsSpan(_start + 1));
                _start++;
            }
            else
            {
                _times.AsSpan(_start + index + 1, Count - index - 1).CopyTo(_times.AsSpan(_start + index));
            }
        }

        Count--;
        if (_times is not null && _times.Length > StartCapacity && Count < _times.Length / 4) Resize(_times.Length / 2);
    }

    /// <summary>Whether some <paramref name="count"/> of them, and <paramref name="time"/>, lie less than the window apart.</summary>
    public readonly bool HasWithin(int count, long time, long window)
    {
        var all = All;
        var (first, after) = (FirstAfter(all, time - window), FirstAfter(all, time + window - 1));
        if (after - first < count) return false;

        // A run of that many which ends before, reaches across, or begins after the time.
        var place = FirstAfter(all, time);
        var last = Math.Min(place, after - count);
        for (var from = Math.Max(first, place - count); from <= last; from++)
        {
            if (Math.Max(all[from + count - 1], time) - Math.Min(all[from], time) < window) return true;
        }

        return false;
    }

    private void Insert(int index, long time)
    {
        if (_times is null)
        {
            _times = new long[StartCapacity];
            _times[0] = _only;
        }
        else if (_start + Count == _times.Length)
        {
            Resize(Count > _times.Length / 2 ? _times.Length * 2 : _times.Length);
        }

        _times.AsSpan(_start + index, Count - index).CopyTo(_times.AsSpan(_start + index + 1));
        _times[_start + index] = time;
    }

    private void Resize(int capacity)
    {
        var times = new long[capacity];
        All.CopyTo(times);
        _times = times;
        _start = 0;
    }

    /// <summary>The place of the first that is greater; their number where none is.</summary>
    private static int FirstAfter(ReadOnlySpan<long> times, long time)
    {
        if (times.IsEmpty || times[^1] <= time) return times.Length;
        var (low, high) = (0, times.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (times[middle] <= time) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
