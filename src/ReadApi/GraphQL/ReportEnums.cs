using Adclicks.Domain.Rollups;
using Adclicks.ReadApi.Queries;
using GraphQL.Types;

namespace Adclicks.ReadApi.GraphQL;

/// <summary>The dimensions, named as in REST but upper case.</summary>
internal sealed class DimensionType : EnumerationGraphType
{
    public DimensionType()
    {
        Name = "Dimension";
        Description = "What clicks can be broken down by.";
        foreach (var dimension in Dimensions.All) Add(dimension.Name().ToUpperInvariant(), dimension.Name());
    }
}

/// <summary>The metrics, named as in REST but upper case.</summary>
internal sealed class MetricType : EnumerationGraphType
{
    public MetricType()
    {
        Name = "Metric";
        Description = "What is counted.";
        foreach (var name in Metrics.Names) Add(name.ToUpperInvariant(), name);
    }
}

/// <summary>The lengths of a bucket.</summary>
internal sealed class GranularityType : EnumerationGraphType
{
    public GranularityType()
    {
        Name = "Granularity";
        Description = "The length of a bucket.";
        foreach (var granularity in Granularities.All) Add(granularity.Name().ToUpperInvariant(), granularity.Name());
    }
}
