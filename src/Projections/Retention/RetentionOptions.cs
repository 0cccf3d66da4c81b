using System.ComponentModel.DataAnnotations;
using Adclicks.Domain.Rollups;

namespace Adclicks.Projections.Retention;

/// <summary>
/// How long rollups are kept, by the length of their buckets: counted from the end of the buckets or from when the partition
/// was last written to, whichever is later. Zero: for ever.
/// </summary>
public sealed class RetentionOptions
{
    /// <summary>Buckets of a minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "36500.00:00:00", ConvertValueInInvariantCulture = true, ParseLimitsInInvariantCulture = true)]
    public TimeSpan Minute { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Buckets of an hour.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "36500.00:00:00", ConvertValueInInvariantCulture = true, ParseLimitsInInvariantCulture = true)]
    public TimeSpan Hour { get; set; } = TimeSpan.FromDays(90);

    /// <summary>Buckets of a day.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "36500.00:00:00", ConvertValueInInvariantCulture = true, ParseLimitsInInvariantCulture = true)]
    public TimeSpan Day { get; set; } = TimeSpan.FromDays(731);

    /// <summary>How often partitions are made ahead and dropped.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00", ConvertValueInInvariantCulture = true, ParseLimitsInInvariantCulture = true)]
    public TimeSpan CheckEvery { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Of a granularity; null: for ever.</summary>
    internal TimeSpan? Of(Granularity granularity) =>
        granularity switch { Granularity.Minute => Minute, Granularity.Hour => Hour, _ => Day } is var kept && kept > TimeSpan.Zero ? kept : null;
}
