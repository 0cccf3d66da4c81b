using Adclicks.Domain.Clicks;

namespace Adclicks.Domain.Rollups;

/// <summary>Reads what a click says, UTF-8; empty where it says nothing.</summary>
public delegate ReadOnlySpan<byte> ClickValue(in ClickView click);

/// <summary>A dimension.</summary>
/// <param name="Name">In reports, dictionary and tables: lower case with underscores.</param>
/// <param name="Value">Of a click.</param>
/// <param name="IsPlace">Clicks come with it as <c>geo_</c> and the name, and it is asked for by that name too.</param>
public sealed record DimensionEntry(string Name, ClickValue Value, bool IsPlace = false);

/// <summary>
/// The dimensions. One more is one entry at the end and a rebuild: it is then in the full cuboid, and with it in lanes, tables, reports and
/// reconciliation. At most <see cref="MaxEntries"/>.
/// </summary>
public static class DimensionCatalogue
{
    /// <summary>A click's numbers of all dimensions lie side by side, in a place of this size.</summary>
    public const int MaxEntries = 16;

    /// <summary>In the order of <see cref="Dimension"/>. Fixed as soon as it is first read; tests add one before.</summary>
    internal static List<DimensionEntry> Entries { get; } =
    [
        new("ad_id", static (in click) => click.AdId),
        new("campaign_id", static (in click) => click.CampaignId),
        new("advertiser_id", static (in click) => click.AdvertiserId),
        new("publisher_id", static (in click) => click.PublisherId),
        new("country", static (in click) => click.Country, IsPlace: true),
        new("region", static (in click) => click.Region, IsPlace: true),
        new("city", static (in click) => click.City, IsPlace: true),
        new("device_type", static (in click) => click.DeviceType),
        new("os", static (in click) => click.Os),
        new("browser", static (in click) => click.Browser),
    ];
}
