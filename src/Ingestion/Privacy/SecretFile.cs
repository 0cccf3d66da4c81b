using System.Security.Cryptography;

namespace Adclicks.Ingestion.Privacy;

/// <summary>Keys of 32 bytes in files that their owner alone can read (mode 0600), as Base64.</summary>
internal static class SecretFile
{
    public const int KeyBytes = 32;

    /// <summary>Reads the key, or makes one: whoever is first, all others read the same.</summary>
    /// <exception cref="InvalidDataException">The file does not hold a key.</exception>
    public static byte[] LoadOrCreate(string path)
    {
        if (!File.Exists(path)) Create(path);
        return Parse(File.ReadAllText(path), path);
    }

    /// <exception cref="InvalidDataException">The text is not 32 bytes in Base64.</exception>
    public static byte[] Parse(string text, string origin)
    {
        var key = new byte[KeyBytes];
        return Convert.TryFromBase64String(text.Trim(), key, out var length) && length == KeyBytes
            ? key
            : throw new InvalidDataException($"{origin} must be a key of {KeyBytes} bytes in Base64.");
    }

    private static void Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var draft = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        using (var file = new FileStream(draft, options))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)) + "\n"));
            file.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }
}
