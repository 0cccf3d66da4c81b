using Adclicks.Domain.Rollups;

namespace Adclicks.ReadApi.Planning;

/// <summary>
/// The buckets of a report in the caller's time zone. Bucket <c>i</c> covers
/// <c>[Boundaries[i], Boundaries[i + 1])</c>: consecutive, and cut at both ends of the range; its label is where the
/// whole bucket begins. A day of a zone that changes its clock has 23 or 25 hours, and an hour may be shorter.
/// </summary>
public sealed class BucketGrid
{
    private BucketGrid(DateTime[] boundaries, DateTimeOffset[] labels)
    {
        Boundaries = boundaries;
        Labels = labels;
    }

    /// <summary>UTC instants, ascending, one more than there are buckets.</summary>
    public DateTime[] Boundaries { get; }

    /// <summary>Where each bucket begins, in the zone's own offset.</summary>
    public DateTimeOffset[] Labels { get; }

    /// <summary>The number of buckets.</summary>
    public int Count => Labels.Length;

    /// <summary>Lays out the buckets of a range; a null granularity gives one bucket.</summary>
    /// <param name="from">A whole minute.</param>
    /// <param name="to">A whole minute, after <paramref name="from"/>.</param>
    /// <param name="granularity">Length of a bucket.</param>
    /// <param name="zone">Where hours and days begin.</param>
    public static BucketGrid Of(DateTime from, DateTime to, Granularity? granularity, TimeZoneInfo zone)
    {
        var boundaries = new List<DateTime> { from };
        var labels = new List<DateTimeOffset> { granularity is { } g ? Start(from, g, zone) : Local(from, zone) };
        for (var next = from; granularity is { } length; labels.Add(Local(next, zone)))
        {
            next = Next(next, length, zone);
            if (next >= to) break;
            boundaries.Add(next);
        }

        boundaries.Add(to);
        return new BucketGrid([.. boundaries], [.. labels]);
    }

    /// <summary>The bucket an instant of the range falls into.</summary>
    public int IndexOf(DateTime instant)
    {
        var found = Array.BinarySearch(Boundaries, instant);
        return found >= 0 ? found : ~found - 1;
    }

    private static DateTimeOffset Local(DateTime instant, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(new DateTimeOffset(instant, TimeSpan.Zero), zone);

    private static DateTimeOffset Start(DateTime instant, Granularity granularity, TimeZoneInfo zone)
    {
        var local = Local(instant, zone);
        return granularity switch
        {
            Granularity.Day => Local(Midnight(local.Date, zone), zone),
            Granularity.Hour => Local(instant.AddMinutes(-local.Minute), zone),
            _ => local,
        };
    }

    private static DateTime Next(DateTime instant, Granularity granularity, TimeZoneInfo zone)
    {
        if (granularity == Granularity.Minute) return instant.AddMinutes(1);
        var local = Local(instant, zone);
        return granularity == Granularity.Hour
            ? instant.AddMinutes(60 - local.Minute)
            : Midnight(local.Date.AddDays(1), zone);
    }

    /// <summary>The first instant of a local date: of two midnights the earlier, of none the end of the gap.</summary>
    private static DateTime Midnight(DateTime date, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(date)) date = date.AddMinutes(1);
        var offset = zone.IsAmbiguousTime(date) ? zone.GetAmbiguousTimeOffsets(date).Max() : zone.GetUtcOffset(date);
        return DateTime.SpecifyKind(date - offset, DateTimeKind.Utc);
    }
}
