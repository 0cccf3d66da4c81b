using static Adclicks.Domain.Rollups.Dimension;

namespace Adclicks.Domain.Rollups;

/// <summary>
/// The catalogue. A cuboid more, or a dimension more in the full one, is one entry here and a rebuild: each generation keeps the tables it
/// was made with.
/// </summary>
public static class Cuboids
{
    /// <summary>By all dimensions: it can answer anything, and quickest what is asked of one advertiser.</summary>
    public static Cuboid Full { get; } = new("full", Advertiser, Campaign, Ad, Publisher, Country, Region, City, DeviceType, Os, Browser);

    /// <summary>All cuboids, the full one first.</summary>
    public static IReadOnlyList<Cuboid> All { get; } =
    [
        Full,
        new("ad", Ad),
        new("campaign_country_device", Campaign, Country, DeviceType),
        new("publisher_advertiser", Publisher, Advertiser),
        new("geo_advertiser", Advertiser, Country, Region, City),
    ];
}
