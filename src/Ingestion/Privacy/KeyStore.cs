using System.Collections.Concurrent;
using System.Globalization;

namespace Adclicks.Ingestion.Privacy;

/// <summary>Where the keys of personal data are kept: the seam to a vault.</summary>
public interface IKeyStore
{
    /// <summary>The key of visitor and address hashes, 32 bytes.</summary>
    byte[] VisitorKey { get; }

    /// <summary>The key that seals the personal data received on a day, 32 bytes; made when first asked for.</summary>
    /// <param name="day">Days since the Unix epoch.</param>
    byte[] DayKey(uint day);
}

/// <summary>Keys in files below the data directory: <c>secrets/visitor.key</c> and <c>secrets/days/YYYY-MM-DD.key</c>.</summary>
internal sealed class FileKeyStore : IKeyStore
{
    private const int RememberedDays = 4;
    private readonly string _directory;
    private readonly byte[] _visitorKey;
    private readonly ConcurrentDictionary<uint, byte[]> _days = new();

    public FileKeyStore(string dataDirectory, PrivacyOptions options)
    {
        _directory = Path.Combine(dataDirectory, "secrets");
        _visitorKey = options.VisitorKey is { Length: > 0 } configured
            ? SecretFile.Parse(configured, "Privacy:VisitorKey")
            : SecretFile.LoadOrCreate(Path.Combine(_directory, "visitor.key"));
    }

    public byte[] VisitorKey => _visitorKey;

    public byte[] DayKey(uint day)
    {
        if (_days.TryGetValue(day, out var key)) return key;
        if (_days.Count >= RememberedDays) _days.Clear();
        var name = DateOnly.FromDayNumber(DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber + (int)day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return _days[day] = SecretFile.LoadOrCreate(Path.Combine(_directory, "days", name + ".key"));
    }
}
