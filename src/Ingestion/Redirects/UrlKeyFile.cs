using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Adclicks.EventStore.Files;

namespace Adclicks.Ingestion.Redirects;

/// <summary>A key that signs click URLs.</summary>
/// <param name="Id">The parameter <c>kid</c>.</param>
/// <param name="Key">32 bytes.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record UrlKey(string Id, byte[] Key, DateTimeOffset CreatedAt);

/// <summary>
/// The keys of click URLs, in <c>{DataDirectory}/secrets/url-keys.json</c> (mode 0600): the last one signs, all of them
/// verify. Ingest nodes that share a name share the file.
/// </summary>
/// <param name="Keys">Oldest first; at most <see cref="MaxKeys"/>.</param>
public sealed record UrlKeyFile(IReadOnlyList<UrlKey> Keys)
{
    /// <summary>Most keys that verify at a time.</summary>
    public const int MaxKeys = 16;

    private const int KeyBytes = 32;

    /// <summary>Where it is below a data directory.</summary>
    public static string PathIn(string dataDirectory) => Path.Combine(dataDirectory, "secrets", "url-keys.json");

    /// <summary>Reads it; no keys where there is no file.</summary>
    /// <exception cref="InvalidDataException">It is not what it should be.</exception>
    public static UrlKeyFile Load(string path)
    {
        if (!File.Exists(path)) return new UrlKeyFile([]);
        try
        {
            var file = JsonSerializer.Deserialize(File.ReadAllBytes(path), UrlKeyJson.Default.UrlKeyFile);
            return file is { Keys: not null } && file.Keys.All(k => k is { Id.Length: > 0, Key.Length: KeyBytes })
                ? file
                : throw new InvalidDataException($"{path} does not hold keys of {KeyBytes} bytes.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is not readable: {e.Message}", e);
        }
    }

    /// <summary>Writes it, as a whole or not at all, readable by its owner alone.</summary>
    public void Save(string path)
    {
        var directory = Path.GetDirectoryName(path)!;
        DurableFolder.Create(directory, isPrivate: true);
        var temporary = path + "." + Guid.NewGuid().ToString("N");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(temporary, options))
        {
            JsonSerializer.Serialize(stream, this, UrlKeyJson.Default.UrlKeyFile);
            DurableFile.Flush(stream);
        }

        File.Move(temporary, path, overwrite: true);
        DurableFolder.Flush(directory);
    }

    /// <summary>The same with one key more, which signs from now on; the oldest goes where there are too many.</summary>
    public UrlKeyFile Rotate(DateTimeOffset now)
    {
        var id = "k" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        var key = new UrlKey(id, RandomNumberGenerator.GetBytes(KeyBytes), now);
        return new UrlKeyFile([.. Keys.TakeLast(MaxKeys - 1), key]);
    }

    /// <summary>The same without a key: what it signed no longer verifies.</summary>
    public UrlKeyFile Without(string id) => new([.. Keys.Where(k => k.Id != id)]);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(UrlKeyFile))]
internal sealed partial class UrlKeyJson : JsonSerializerContext;
