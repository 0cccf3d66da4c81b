using Adclicks.Domain.Rollups;

namespace Adclicks.ReadApi.Queries;

/// <summary>
/// What the caller may see: everything, or the rows with one value of one dimension (an advertiser's or a publisher's
/// own). The planner applies it once, to every query; no endpoint does.
/// </summary>
public sealed class ReportScope
{
    private ReportScope(ReportFilter? filter) => Filter = filter;

    /// <summary>No restriction.</summary>
    public static ReportScope Everything { get; } = new(null);

    /// <summary>The condition added to every query; null where there is no restriction.</summary>
    public ReportFilter? Filter { get; }

    /// <summary>Only rows whose <paramref name="dimension"/> is <paramref name="id"/>.</summary>
    /// <exception cref="ArgumentException">The id is empty: that would be the rows without an owner.</exception>
    public static ReportScope Own(Dimension dimension, string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return new ReportScope(ReportFilter.In(dimension, id));
    }

    /// <summary>A key for caches: equal for callers that see the same.</summary>
    public string CacheKey => Filter is null ? "*" : $"{Filter.Dimension}={Filter.Values[0]}";
}
