using System.Security.Cryptography;
using System.Text;
using Adclicks.EventStore.Files;

namespace Adclicks.Ingestion.Privacy.Keys;

/// <summary>
/// Small files that their owner alone can read (mode 0600), written whole or not at all, and overwritten before they go. Overwriting is
/// what a program can do: a disk or file system that writes elsewhere (flash, copy on write, snapshots) may keep the old blocks a while.
/// </summary>
internal static class SecretFile
{
    public const int KeyBytes = 32;

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string Draft = ".draft-";

    /// <summary>32 bytes in Base64.</summary>
    /// <exception cref="KeyStoreException">The text is not that.</exception>
    public static byte[] Parse(string text, string origin)
    {
        var key = new byte[KeyBytes];
        return Convert.TryFromBase64String(text.Trim(), key, out var length) && length == KeyBytes
            ? key
            : throw new KeyStoreException($"{origin} must be a key of {KeyBytes} bytes in Base64.");
    }

    /// <summary>The file's text; null where there is none.</summary>
    public static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Makes the file. False where somebody else has: that one stays.</summary>
    public static bool TryCreate(string path, string text)
    {
        var draft = WriteDraft(path, text);
        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            Destroy(draft);
            return false;
        }

        FlushFolder(path);
        return true;
    }

    /// <summary>Puts a new file in place of the old, whose contents are overwritten.</summary>
    public static void Replace(string path, string text)
    {
        var draft = WriteDraft(path, text);
        // Kept open, it can still be written after its name is gone.
        using var old = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        File.Move(draft, path, overwrite: true);
        FlushFolder(path);
        Overwrite(old);
    }

    /// <summary>Overwrites the file and removes it. False where there is none.</summary>
    public static bool Destroy(string path)
    {
        try
        {
            using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)) Overwrite(file);
            File.Delete(path);
            FlushFolder(path);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Destroys what writers that were stopped left in a folder. Nobody may be writing there.</summary>
    public static void DestroyDrafts(string folder)
    {
        foreach (var draft in Directory.EnumerateFiles(folder, "*" + Draft + "*")) Destroy(draft);
    }

    /// <summary>Makes a folder that its owner alone can enter.</summary>
    public static void CreateFolder(string path) => DurableFolder.Create(path, isPrivate: true);

    private static string WriteDraft(string path, string text)
    {
        CreateFolder(Path.GetDirectoryName(path)!);
        var draft = $"{path}{Draft}{Guid.NewGuid():N}";
        using var file = new FileStream(draft, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Private });
        file.Write(Encoding.ASCII.GetBytes(text));
        DurableFile.Flush(file);
        return draft;
    }

    private static void Overwrite(FileStream file)
    {
        file.Position = 0;
        file.Write(RandomNumberGenerator.GetBytes((int)file.Length));
        DurableFile.Flush(file);
    }

    private static void FlushFolder(string path) => DurableFolder.Flush(Path.GetDirectoryName(path)!);
}
