namespace Adclicks.Domain.Rollups;

/// <summary>What clicks are counted by. The number is the place in an array of dimension values, and is never stored.</summary>
public enum Dimension
{
    /// <summary><c>ad_id</c></summary>
    Ad,

    /// <summary><c>campaign_id</c></summary>
    Campaign,

    /// <summary><c>advertiser_id</c></summary>
    Advertiser,

    /// <summary><c>publisher_id</c></summary>
    Publisher,

    /// <summary><c>country</c></summary>
    Country,

    /// <summary><c>region</c></summary>
    Region,

    /// <summary><c>city</c></summary>
    City,

    /// <summary><c>device_type</c></summary>
    DeviceType,

    /// <summary><c>os</c></summary>
    Os,

    /// <summary><c>browser</c></summary>
    Browser,
}

/// <summary>The names of dimensions in reports, dictionary and tables.</summary>
public static class Dimensions
{
    private static readonly string[] Names =
        ["ad_id", "campaign_id", "advertiser_id", "publisher_id", "country", "region", "city", "device_type", "os", "browser"];

    /// <summary>All of them, in the order of the full cuboid.</summary>
    public static IReadOnlyList<Dimension> All { get; } = Enum.GetValues<Dimension>();

    /// <summary>The name in reports and in the dictionary; a rollup column of that name holds dictionary ids.</summary>
    public static string Name(this Dimension dimension) => Names[(int)dimension];

    /// <summary>The dimension of that name; <c>geo_country</c>, <c>geo_region</c> and <c>geo_city</c> are taken too.</summary>
    public static bool TryParse(string name, out Dimension dimension)
    {
        var plain = name.StartsWith("geo_", StringComparison.Ordinal) ? name[4..] : name;
        var index = Array.IndexOf(Names, plain);
        dimension = (Dimension)Math.Max(index, 0);
        return index >= 0 && (plain == name || dimension is Dimension.Country or Dimension.Region or Dimension.City);
    }
}
