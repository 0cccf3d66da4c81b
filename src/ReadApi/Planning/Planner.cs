using Adclicks.Domain.Rollups;
using Adclicks.ReadApi.Queries;

namespace Adclicks.ReadApi.Planning;

/// <summary>
/// Turns a question into a plan, or refuses it. The one place where the caller's scope is applied. Pure: no database,
/// no clock.
/// </summary>
public sealed class Planner(ReadApiOptions options)
{
    /// <summary>Instants outside these have no clicks; a number that is not Unix milliseconds mostly ends up there.</summary>
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly DateTimeOffset Latest = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Plans <paramref name="query"/> for a caller who sees <paramref name="scope"/>.</summary>
    /// <exception cref="ReportQueryException">The query is not answerable, or would cost too much.</exception>
    public ReportPlan Plan(ReportQuery query, ReportScope scope)
    {
        var from = WholeMinute(query.From, roundUp: false, "start_time");
        var to = WholeMinute(query.To, roundUp: true, "end_time");
        CheckRange(query, from, to);
        CheckShape(query);

        IReadOnlyList<ReportFilter> filters = scope.Filter is { } own ? [.. query.Filters, own] : query.Filters;
        var grid = BucketGrid.Of(from, to, query.Granularity, query.TimeZone);
        return new ReportPlan(query with { From = from, To = to }, Cuboids.All, grid, TimeSlicer.Slice(grid), filters);
    }

    /// <summary>
    /// The plan for the period that <paramref name="plan"/> is compared with; null if it is with none. A ranking is
    /// compared for the values it found.
    /// </summary>
    public static ReportPlan? PlanCompared(ReportPlan plan, IReadOnlyCollection<IReadOnlyList<string>> found)
    {
        if (plan.Query.CompareFrom is not { } start) return null;
        var from = WholeMinute(start, roundUp: false, "compare");
        var to = WholeMinute(from + (plan.Query.To - plan.Query.From), roundUp: true, "compare");
        IReadOnlyList<ReportFilter> only = plan.Query.RankBy is null ? [] :
        [
            .. plan.Query.Dimensions.Select((dimension, i) =>
                new ReportFilter(dimension, FilterKind.In, [.. found.Select(values => values[i]).Distinct()])),
        ];
        var grid = BucketGrid.Of(from, to, plan.Query.Granularity, plan.Query.TimeZone);
        return plan with
        {
            Query = plan.Query with { From = from, To = to, RankBy = null, Limit = null, CompareFrom = null },
            Grid = grid,
            Slices = TimeSlicer.Slice(grid),
            Filters = [.. plan.Filters, .. only],
        };
    }

    /// <summary>The cheapest rollup by day that a scope can be applied to.</summary>
    public static Cuboid Cheapest(IReadOnlyList<Cuboid> cuboids, ReportScope scope) => Cheapest(cuboids, Granularity.Day, [], scope.Filter is { } own ? [own] : []);

    /// <summary>
    /// A dimension more means some four times the rows; a condition on the leading one leaves most of them unread.
    /// </summary>
    /// <exception cref="ReportQueryException">None of them has all dimensions.</exception>
    internal static Cuboid Cheapest(IReadOnlyList<Cuboid> cuboids, Granularity granularity, IEnumerable<Dimension> dimensions, IReadOnlyList<ReportFilter> filters)
    {
        var needed = dimensions.Concat(filters.Select(filter => filter.Dimension)).ToHashSet();
        var wanted = filters.Where(filter => filter.Kind != FilterKind.NotIn).Select(filter => filter.Dimension).ToHashSet();
        return cuboids.Where(cuboid => cuboid.Granularities.Contains(granularity) && cuboid.Covers(needed))
            .MinBy(cuboid => Math.Pow(4, cuboid.Dimensions.Count) / (wanted.Contains(cuboid.Lead) ? 64 : 1))
            ?? throw new ReportQueryException("dimensions", "The read models were built without one of the dimensions; they have it after adclicks rebuild.");
    }

    private static DateTime WholeMinute(DateTimeOffset instant, bool roundUp, string parameter)
    {
        if (instant < Earliest || instant > Latest)
            throw new ReportQueryException(parameter, "The time must lie between the years 2000 and 2100.");
        var ticks = instant.UtcTicks + (roundUp ? TimeSpan.TicksPerMinute - 1 : 0);
        return new DateTime(ticks / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, DateTimeKind.Utc);
    }

    private void CheckRange(ReportQuery query, DateTime from, DateTime to)
    {
        if (from >= to) throw new ReportQueryException("end_time", "The end must be after the start.");
        var (limit, advice) = query.Granularity switch
        {
            Granularity.Minute => (options.MaxDaysByMinute, "ask for a shorter range, or by hour"),
            Granularity.Hour => (options.MaxDaysByHour, "ask for a shorter range, or by day"),
            _ => (options.MaxDays, "ask for a shorter range"),
        };
        if (to - from <= TimeSpan.FromDays(limit)) return;
        var subject = query.Granularity is { } granularity ? $"A series by {granularity.Name()}" : "A report";
        throw new ReportQueryException("end_time", $"{subject} may cover {limit} days at most: {advice}.");
    }

    private void CheckShape(ReportQuery query)
    {
        if (query.Metrics.Count == 0)
            throw new ReportQueryException("metrics", "At least one metric is needed.", Metrics.Names);
        if (query.Limit is { } limit && (limit < 1 || limit > options.MaxRows))
            throw new ReportQueryException("limit", $"The number of rows must lie between 1 and {options.MaxRows}.");
        if (query.RankBy is not null && query.Granularity is not null)
            throw new ReportQueryException("granularity", "A ranking is over the whole range; leave the granularity out.");
        if (query is { RankBy: not null, After: not null })
            throw new ReportQueryException("cursor", "A ranking has no further pages; ask for more rows.");
        if (query.After is { } after
            && (after.Values.Count != query.Dimensions.Count || after.Time is null != query.Granularity is null))
            throw new ReportQueryException("cursor", "The cursor is from another report.");
        if (query.Filters.Count > options.MaxFilterValues)
            throw new ReportQueryException("filters", $"There may be {options.MaxFilterValues} filters at most.");
        foreach (var filter in query.Filters)
        {
            if (filter.Values.Count == 0)
                throw new ReportQueryException("filters", $"The filter on {filter.Dimension.Name()} has no value.");
            if (filter.Values.Count > options.MaxFilterValues)
            {
                throw new ReportQueryException(
                    "filters",
                    $"The filter on {filter.Dimension.Name()} may have {options.MaxFilterValues} values at most.");
            }
        }
    }
}
