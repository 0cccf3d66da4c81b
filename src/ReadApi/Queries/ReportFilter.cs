using Adclicks.Domain.Rollups;

namespace Adclicks.ReadApi.Queries;

/// <summary>How a filter compares.</summary>
public enum FilterKind
{
    /// <summary>The value is one of those given.</summary>
    In,

    /// <summary>The value is none of those given.</summary>
    NotIn,

    /// <summary>The value starts with the one given; case matters.</summary>
    Prefix,
}

/// <summary>
/// A condition on one dimension. The empty string stands for "unknown", so <c>is unknown</c> is <see cref="FilterKind.In"/>
/// and <c>is known</c> is <see cref="FilterKind.NotIn"/> of the empty string.
/// </summary>
/// <param name="Dimension">The dimension compared.</param>
/// <param name="Kind">How it is compared.</param>
/// <param name="Values">At least one value; exactly one for <see cref="FilterKind.Prefix"/>.</param>
public sealed record ReportFilter(Dimension Dimension, FilterKind Kind, IReadOnlyList<string> Values)
{
    /// <summary>The dimension has one of the values.</summary>
    public static ReportFilter In(Dimension dimension, params string[] values) => new(dimension, FilterKind.In, values);

    /// <summary>The dimension has none of the values.</summary>
    public static ReportFilter NotIn(Dimension dimension, params string[] values) => new(dimension, FilterKind.NotIn, values);

    /// <summary>The value of the dimension starts with <paramref name="prefix"/>.</summary>
    public static ReportFilter Prefix(Dimension dimension, string prefix) => new(dimension, FilterKind.Prefix, [prefix]);

    /// <summary>Whether a value passes.</summary>
    public bool Accepts(string value) => Kind switch
    {
        FilterKind.In => Values.Contains(value),
        FilterKind.NotIn => !Values.Contains(value),
        _ => value.StartsWith(Values[0], StringComparison.Ordinal),
    };
}
