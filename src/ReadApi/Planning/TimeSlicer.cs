using Adclicks.Domain.Rollups;

namespace Adclicks.ReadApi.Planning;

/// <summary>A stretch of time read from the tables of one granularity; both ends are bucket boundaries there.</summary>
/// <param name="Granularity">The tables to read.</param>
/// <param name="From">UTC.</param>
/// <param name="To">UTC, not included.</param>
public readonly record struct TimeSlice(Granularity Granularity, DateTime From, DateTime To);

/// <summary>
/// Covers the buckets of a report with the fewest rollup rows: whole UTC days from the day tables, whole hours from the
/// hour tables, and minutes only where a bucket or the range begins or ends within an hour.
/// </summary>
public static class TimeSlicer
{
    /// <summary>
    /// Slices that together are exactly the range of <paramref name="grid"/>, ascending. None of them crosses a bucket
    /// boundary except where it is also a boundary of its own granularity.
    /// </summary>
    public static IReadOnlyList<TimeSlice> Slice(BucketGrid grid)
    {
        var slices = new List<TimeSlice>();
        for (var i = 0; i < grid.Count; i++)
            Cover(grid.Boundaries[i], grid.Boundaries[i + 1], Granularity.Day, slices);
        return slices;
    }

    private static void Cover(DateTime from, DateTime to, Granularity granularity, List<TimeSlice> slices)
    {
        if (from >= to) return;
        var length = granularity.LengthMs() * TimeSpan.TicksPerMillisecond;
        var first = new DateTime((from.Ticks + length - 1) / length * length, DateTimeKind.Utc);
        var last = new DateTime(to.Ticks / length * length, DateTimeKind.Utc);
        if (granularity == Granularity.Minute)
        {
            Add(slices, new TimeSlice(granularity, from, to));
        }
        else if (first >= last)
        {
            Cover(from, to, Finer(granularity), slices);
        }
        else
        {
            Cover(from, first, Finer(granularity), slices);
            Add(slices, new TimeSlice(granularity, first, last));
            Cover(last, to, Finer(granularity), slices);
        }
    }

    private static void Add(List<TimeSlice> slices, TimeSlice slice)
    {
        if (slices.Count > 0 && slices[^1] is var last && last.Granularity == slice.Granularity && last.To == slice.From)
            slices[^1] = last with { To = slice.To };
        else
            slices.Add(slice);
    }

    private static Granularity Finer(Granularity granularity) =>
        granularity == Granularity.Day ? Granularity.Hour : Granularity.Minute;
}
