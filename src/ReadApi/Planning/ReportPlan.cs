using Adclicks.Domain.Rollups;
using Adclicks.ReadApi.Queries;

namespace Adclicks.ReadApi.Planning;

/// <summary>How a query will be answered: from which tables, over which stretches of time, under which conditions.</summary>
/// <param name="Query">The question, its times rounded to minutes.</param>
/// <param name="Cuboids">The rollups that there are.</param>
/// <param name="Grid">The buckets of the answer.</param>
/// <param name="Slices">Where each stretch of the range is read from.</param>
/// <param name="Filters">The filters of the query and of the caller's scope.</param>
public sealed record ReportPlan(
    ReportQuery Query,
    IReadOnlyList<Cuboid> Cuboids,
    BucketGrid Grid,
    IReadOnlyList<TimeSlice> Slices,
    IReadOnlyList<ReportFilter> Filters)
{
    /// <summary>The cheapest rollup by a granularity that has every dimension named.</summary>
    /// <exception cref="ReportQueryException">None of them has all dimensions.</exception>
    public Cuboid CuboidOf(Granularity granularity) => Planner.Cheapest(Cuboids, granularity, Query.Dimensions, Filters);
}
