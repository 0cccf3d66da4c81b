using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Adclicks.Domain.Access;
using Adclicks.EventStore.Files;

namespace Adclicks.Access;

/// <summary>The keys of an installation: <c>keys.json</c>, one key per role, readable by its owner only.</summary>
internal static class KeyFile
{
    private const int KeyBytes = 32;
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    /// <summary>The roles that have a key.</summary>
    public static readonly string[] KeyedRoles = [Roles.Admin, Roles.Ingest, Roles.Analyst];

    /// <summary>Reads the keys by role; makes the file where it is not there.</summary>
    /// <exception cref="InvalidDataException">The file is not an object of role and key.</exception>
    public static IReadOnlyDictionary<string, string> LoadOrCreate(string path)
    {
        if (!File.Exists(path)) Create(path);
        return Load(path);
    }

    /// <summary>Reads the keys by role.</summary>
    /// <exception cref="InvalidDataException">The file is not an object of role and key.</exception>
    public static IReadOnlyDictionary<string, string> Load(string path)
    {
        try
        {
            var keys = JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllBytes(path)) ?? [];
            foreach (var (role, key) in keys)
            {
                if (string.IsNullOrWhiteSpace(key)) throw new InvalidDataException($"{path}: the key of role {role} is empty.");
            }

            return keys;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is not an object of role and key: {e.Message}", e);
        }
    }

    private static void Create(string path)
    {
        var keys = KeyedRoles.ToDictionary(role => role, _ => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes)));
        var draft = path + ".new";
        File.Delete(draft);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        using (var file = new FileStream(draft, options))
        {
            file.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(keys, Format) + "\n"));
            DurableFile.Flush(file);
        }

        File.Move(draft, path);
        DurableFolder.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }
}
