namespace Adclicks.Domain.Rollups;

/// <summary>The length of a bucket.</summary>
public enum Granularity
{
    /// <summary>60 s.</summary>
    Minute,

    /// <summary>3,600 s.</summary>
    Hour,

    /// <summary>86,400 s, from midnight UTC.</summary>
    Day,
}

/// <summary>Buckets of a granularity.</summary>
public static class Granularities
{
    /// <summary>All of them, the finest first.</summary>
    public static IReadOnlyList<Granularity> All { get; } = Enum.GetValues<Granularity>();

    /// <summary>The name in reports and table names: <c>minute</c>, <c>hour</c>, <c>day</c>.</summary>
    public static string Name(this Granularity granularity) => granularity switch
    {
        Granularity.Minute => "minute",
        Granularity.Hour => "hour",
        _ => "day",
    };

    /// <summary>The length in milliseconds.</summary>
    public static long LengthMs(this Granularity granularity) => granularity switch
    {
        Granularity.Minute => 60_000,
        Granularity.Hour => 3_600_000,
        _ => 86_400_000,
    };

    /// <summary>
    /// The length in milliseconds of the stretch of time that a block of packed rows keeps to: an hour of minutes, a day
    /// of anything longer.
    /// </summary>
    public static long SpanMs(this Granularity granularity) => granularity == Granularity.Minute ? 3_600_000 : 86_400_000;

    /// <summary>The start of the bucket that holds a time; both in Unix milliseconds.</summary>
    public static long BucketOf(this Granularity granularity, long timeMs)
    {
        var length = granularity.LengthMs();
        var into = timeMs % length;
        return timeMs - (into < 0 ? into + length : into);
    }
}
