using System.Net;
using MaxMind.Db;
using MaxMind.GeoIP2;
using Microsoft.Extensions.Logging;

namespace Adclicks.Ingestion.Enrichment;

/// <summary>Where an address is. Unknown parts are empty.</summary>
internal sealed record Place(string Country, string Region, string City)
{
    public static readonly Place Unknown = new("", "", "");
}

/// <summary>Looks addresses up in a GeoLite2 or GeoIP2 City database; without one, every place is unknown.</summary>
internal sealed class GeoLookup : IDisposable
{
    private readonly DatabaseReader? _reader;

    public GeoLookup(IngestionOptions options, ILogger<GeoLookup> logger)
    {
        if (string.IsNullOrEmpty(options.GeoDatabase)) return;
        if (File.Exists(options.GeoDatabase)) _reader = new DatabaseReader(options.GeoDatabase, FileAccessMode.MemoryMapped);
        else logger.EnrichmentMissing("Ingestion:GeoDatabase", options.GeoDatabase);
    }

    public Place Find(IPAddress address) => _reader is null ? Place.Unknown : Read(_reader, address);

    public void Dispose() => _reader?.Dispose();

    private static Place Read(DatabaseReader reader, IPAddress address)
    {
        if (!reader.TryCity(address, out var city) || city is null) return Place.Unknown;
        var region = city.MostSpecificSubdivision;
        return new(city.Country.IsoCode ?? "", region.IsoCode ?? region.Name ?? "", city.City.Name ?? "");
    }
}
