using Adclicks.Domain.Rollups;
using Adclicks.Projections.Schema;

namespace Adclicks.Projections.Retention;

/// <summary>A stretch of time that all rollup tables of a granularity have a partition for.</summary>
/// <param name="Granularity">Of the tables.</param>
/// <param name="From">UTC, the start of a day.</param>
/// <param name="To">UTC, not included.</param>
internal readonly record struct TimePartition(Granularity Granularity, DateTime From, DateTime To)
{
    /// <summary>What is older than this comes by backfill, if at all.</summary>
    private static readonly TimeSpan MinutesAreOld = TimeSpan.FromDays(7), HoursAreOld = TimeSpan.FromDays(90), DaysAreOld = TimeSpan.FromDays(731);

    /// <summary>Whether a time is in it.</summary>
    public bool Has(DateTime time) => From <= time && time < To;

    /// <summary>The name of the partition of a table, without its schema.</summary>
    public string TableOf(RollupShape shape) => string.Create(null, $"{shape.Table}_{From:yyyyMMdd}");

    /// <summary>
    /// The partition to make for a day that has none. Minutes are by day, hours by month, days by quarter, so that what is dropped
    /// is never much older than it has to be. What is older than its retention comes by backfill: it lies in years, so that
    /// ten years of backfill are tens of partitions and not thousands. Where there are neighbours, it reaches from the one to the other.
    /// </summary>
    /// <param name="granularity">Of the tables.</param>
    /// <param name="day">In no other partition.</param>
    /// <param name="now">The time.</param>
    /// <param name="retention">Of the granularity; null: for ever.</param>
    /// <param name="others">Those that there are.</param>
    public static TimePartition For(Granularity granularity, DateTime day, DateTime now, TimeSpan? retention, IEnumerable<TimePartition> others)
    {
        var (months, isOldAfter) = granularity switch
        {
            Granularity.Minute => (0, MinutesAreOld),
            Granularity.Hour => (1, HoursAreOld),
            _ => (3, DaysAreOld),
        };
        var isOld = day < now - (retention > isOldAfter ? retention.Value : isOldAfter);
        var (from, to) = Calendar(day, isOld ? 12 : months);
        foreach (var other in others)
        {
            if (other.Granularity != granularity) continue;
            if (other.To <= day && other.To > from) from = other.To;
            if (other.From > day && other.From < to) to = other.From;
        }

        return new TimePartition(granularity, from, to);
    }

    /// <summary>The day (0 months), month, quarter or year that a day is in.</summary>
    private static (DateTime From, DateTime To) Calendar(DateTime day, int months)
    {
        if (months == 0) return (day.Date, day.Date.AddDays(1));
        var from = new DateTime(day.Year, ((day.Month - 1) / months * months) + 1, 1, 0, 0, 0, DateTimeKind.Utc);
        return (from, from.AddMonths(months));
    }
}
