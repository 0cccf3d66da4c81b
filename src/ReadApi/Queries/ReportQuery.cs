using Adclicks.Domain.Rollups;

namespace Adclicks.ReadApi.Queries;

/// <summary>
/// A question about clicks: the one shape that every endpoint makes and the planner takes. Times are rounded outwards
/// to whole minutes, the finest bucket there is.
/// </summary>
public sealed record ReportQuery
{
    /// <summary>First instant of the range.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>End of the range, not included.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Length of the buckets of a time series; null for one row per combination over the whole range.</summary>
    public Granularity? Granularity { get; init; }

    /// <summary>What to break the counts down by, each at most once.</summary>
    public IReadOnlyList<Dimension> Dimensions { get; init; } = [];

    /// <summary>All of these must hold.</summary>
    public IReadOnlyList<ReportFilter> Filters { get; init; } = [];

    /// <summary>What to count; at least one.</summary>
    public IReadOnlyList<Metric> Metrics { get; init; } = Queries.Metrics.All;

    /// <summary>
    /// The metric to rank by, largest first and equals by value; null to order by time, then by value.
    /// Only for queries without a granularity.
    /// </summary>
    public Metric? RankBy { get; init; }

    /// <summary>The most rows wanted; null for all, up to the limit of <see cref="ReadApiOptions.MaxRows"/>.</summary>
    public int? Limit { get; init; }

    /// <summary>Only rows after this one, in the order by time and value; null to begin at the first. Not for rankings.</summary>
    public ReportPosition? After { get; init; }

    /// <summary>Start of an equally long period to compare with; null for no comparison.</summary>
    public DateTimeOffset? CompareFrom { get; init; }

    /// <summary>Where days and hours begin.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Whether a time series has rows of zeros for buckets without clicks.</summary>
    public bool FillGaps { get; init; }

    /// <summary>Whether any metric, or the ranking, needs the sketches.</summary>
    public bool WantsUniques => Metrics.Any(metric => metric.IsUnique()) || RankBy is Metric.UniqueUsers or Metric.UniqueIps;
}

/// <summary>A place in the order of an answer's rows.</summary>
/// <param name="Time">Where the row's bucket begins; null without a granularity.</param>
/// <param name="Values">Its dimension values.</param>
public sealed record ReportPosition(DateTimeOffset? Time, IReadOnlyList<string> Values);
