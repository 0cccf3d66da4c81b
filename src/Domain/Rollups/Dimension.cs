using Adclicks.Domain.Clicks;

namespace Adclicks.Domain.Rollups;

/// <summary>
/// What clicks are counted by: the place of an entry in <see cref="DimensionCatalogue"/>, and in an array of dimension values; it is never
/// stored. Named are those that the program means one by one.
/// </summary>
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

/// <summary>The names of dimensions in reports, dictionary and tables, and their values.</summary>
public static class Dimensions
{
    private static readonly DimensionEntry[] Entries = [.. DimensionCatalogue.Entries];

    /// <summary>All of them, in the order of the catalogue.</summary>
    public static IReadOnlyList<Dimension> All { get; } = [.. Entries.Select((_, place) => (Dimension)place)];

    /// <summary>The name in reports and in the dictionary; a rollup column of that name holds dictionary ids.</summary>
    public static string Name(this Dimension dimension) => Entries[(int)dimension].Name;

    /// <summary>What the click itself says, UTF-8. Campaign and advertiser of a registered ad are those of the reference data instead.</summary>
    public static ReadOnlySpan<byte> ValueOf(this Dimension dimension, in ClickView click) => Entries[(int)dimension].Value(click);

    /// <summary>The dimension of that name; places go by <c>geo_country</c> and the like too.</summary>
    public static bool TryParse(string name, out Dimension dimension)
    {
        var index = Array.FindIndex(Entries, e => e.Name == name || (e.IsPlace && name.StartsWith("geo_", StringComparison.Ordinal) && name.AsSpan(4).SequenceEqual(e.Name)));
        dimension = (Dimension)Math.Max(index, 0);
        return index >= 0;
    }
}
