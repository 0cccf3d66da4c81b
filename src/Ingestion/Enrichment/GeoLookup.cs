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

/// <summary>
/// Looks addresses up in a GeoLite2 or GeoIP2 City database, which is read anew when its file is replaced; without one, every
/// place is unknown. It is held in memory: a mapped file that somebody shortens would end the process, and the old one
/// goes when the last look-up in it is over.
/// </summary>
internal sealed class GeoLookup : IDisposable
{
    /// <summary>An address of each block of 2^24.</summary>
    private const int Trials = 256;

    private readonly string? _path;
    private readonly ILogger<GeoLookup> _logger;
    private readonly FileWatch? _watch;
    private volatile DatabaseReader? _reader;
    private DatabaseReader? _faulty;

    public GeoLookup(IngestionOptions options, TimeProvider time, ILogger<GeoLookup> logger)
    {
        (_path, _logger) = (options.GeoDatabase, logger);
        if (string.IsNullOrEmpty(_path)) return;
        if (File.Exists(_path)) _reader = Open(_path);
        else logger.EnrichmentMissing("Ingestion:GeoDatabase", _path);
        _watch = new FileWatch(_path, time, Reload);
    }

    /// <summary>Raised after another database came in: what was found before may be out of date.</summary>
    public event Action? Replaced;

    /// <summary>Where a database is damaged, the places it cannot tell are unknown; that is logged once.</summary>
    public Place Find(IPAddress address)
    {
        if (_reader is not { } reader) return Place.Unknown;
        try
        {
            return Read(reader, address);
        }
        catch (Exception e) when (IsFaultOfDatabase(e))
        {
            if (Interlocked.Exchange(ref _faulty, reader) != reader) _logger.GeoDatabaseDamaged(_path!, e.Message);
            return Place.Unknown;
        }
    }

    public void Dispose() => _watch?.Dispose();

    /// <summary>Tried before it is used: its file may hold something else than cities, or be damaged.</summary>
    /// <exception cref="InvalidDataException">The file is no such database.</exception>
    private static DatabaseReader Open(string path)
    {
        DatabaseReader? reader = null;
        try
        {
            reader = new DatabaseReader(path, FileAccessMode.Memory);
            for (var first = 0; first < Trials; first++) Read(reader, new IPAddress([(byte)first, 1, 1, 1]));
            return reader;
        }
        catch (Exception e) when (IsFaultOfDatabase(e))
        {
            reader?.Dispose();
            throw new InvalidDataException($"Ingestion:GeoDatabase names {path}, which is no City database of MaxMind's format, or damaged: {e.Message}", e);
        }
    }

    /// <summary>What a reader throws over bytes that are none of its format is not bounded to its own exceptions.</summary>
    private static bool IsFaultOfDatabase(Exception e) => e is not (IOException or UnauthorizedAccessException or OutOfMemoryException);

    private void Reload()
    {
        try
        {
            var reader = Open(_path!);
            _reader = reader;
            _logger.GeoDatabaseReplaced(_path!, reader.Metadata.BuildDate);
            Replaced?.Invoke();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            _logger.GeoDatabaseUnreadable(_path!, e.Message);
        }
    }

    private static Place Read(DatabaseReader reader, IPAddress address)
    {
        if (!reader.TryCity(address, out var city) || city is null) return Place.Unknown;
        var region = city.MostSpecificSubdivision;
        return new(city.Country.IsoCode ?? "", region.IsoCode ?? region.Name ?? "", city.City.Name ?? "");
    }
}
