using static Adclicks.Domain.Rollups.Dimension;

namespace Adclicks.Domain.Rollups;

/// <summary>
/// The catalogue. A cuboid more is one entry here and a rebuild, a dimension more one in <see cref="DimensionCatalogue"/>: each generation keeps the tables it
/// was made with.
/// </summary>
public static class Cuboids
{
    private static readonly Dimension[] First = [Advertiser, Campaign, Ad, Publisher];

    /// <summary>By all dimensions: it can answer anything, and quickest what is asked of one advertiser.</summary>
    public static Cuboid Full { get; } = new("full", [.. First, .. Dimensions.All.Except(First)]);

    /// <summary>All cuboids, the full one first; of those with as many dimensions the one with fewer rows, which is asked where either would do.</summary>
    public static IReadOnlyList<Cuboid> All { get; } =
    [
        Full,
        new("campaign", Campaign) { Granularities = [Granularity.Hour, Granularity.Day] },
        new("ad", Ad),
        new("campaign_country_device", Campaign, Country, DeviceType),
        new("publisher_advertiser", Publisher, Advertiser),
        new("geo_advertiser", Advertiser, Country, Region, City),
    ];
}
