using Adclicks.Domain.Rollups;

namespace Adclicks.Projections.Aggregation;

/// <summary>
/// The clicks of a lane in the orders in which the tables of a cuboid want them. One combination of values has one
/// group number, so that what follows need not look at the values again.
/// </summary>
internal sealed class CuboidOrder(ClickColumns clicks)
{
    private readonly RadixSort _sort = new();
    private readonly int[] _hours = SpansOf(clicks, 60), _days = SpansOf(clicks, 1_440);
    private readonly int[] _byTime = ByTime(clicks);
    private readonly int[] _groups = new int[clicks.Count];
    private int[] _order = new int[clicks.Count], _bySpan = new int[clicks.Count];

    /// <summary>By click.</summary>
    public ReadOnlySpan<int> Groups => _groups;

    /// <summary>By span of the granularity sorted last, then combination, then time.</summary>
    public ReadOnlySpan<int> Order => _bySpan;

    /// <summary>Sorts by the values of a cuboid, the first dimension foremost.</summary>
    public void SortBy(Cuboid cuboid)
    {
        _byTime.CopyTo(_order, 0);
        for (var d = cuboid.Dimensions.Count - 1; d >= 0; d--) _sort.By(ref _order, clicks.Count, clicks.Values((int)cuboid.Dimensions[d]));
        var group = 0;
        for (var i = 0; i < clicks.Count; i++)
        {
            if (i > 0 && !IsSame(cuboid, _order[i - 1], _order[i])) group++;
            _groups[_order[i]] = group;
        }
    }

    /// <summary>Sets <see cref="Order"/>, after <see cref="SortBy"/>.</summary>
    public void SortSpans(Granularity granularity)
    {
        _order.AsSpan(0, clicks.Count).CopyTo(_bySpan);
        _sort.By(ref _bySpan, clicks.Count, granularity == Granularity.Minute ? _hours : _days);
    }

    private bool IsSame(Cuboid cuboid, int click, int other)
    {
        for (var d = cuboid.Dimensions.Count - 1; d >= 0; d--)
        {
            var values = clicks.Values((int)cuboid.Dimensions[d]);
            if (values[click] != values[other]) return false;
        }

        return true;
    }

    private static int[] ByTime(ClickColumns clicks)
    {
        var order = new int[clicks.Count];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        new RadixSort().By(ref order, order.Length, clicks.Minutes);
        return order;
    }

    private static int[] SpansOf(ClickColumns clicks, int minutes)
    {
        var spans = new int[clicks.Count];
        for (var i = 0; i < spans.Length; i++) spans[i] = clicks.Minutes[i] / minutes;
        return spans;
    }
}
