using System.Text.Json;
using Adclicks.Hosting;
using Adclicks.Projections.Archive.Stores;
using Adclicks.Projections.Backup;

namespace Adclicks.Backup;

/// <summary>What an installation is besides its log: keys, secrets and settings.</summary>
internal static class InstallationFiles
{
    private const string Prefix = "files/", Settings = "settings.json";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Sections that are ours; the environment has much else.</summary>
    private static readonly string[] Sections = ["Access", "Archive", "Billing", "EventStore", "Ingestion", "Kestrel", "Postgres", "Privacy", "Projections", "ReadApi", "Serilog"];

    /// <summary>Copies <c>keys.json</c>, <c>secrets/</c> and the settings of this process to a backup.</summary>
    /// <param name="directory">The installation.</param>
    /// <param name="withDayKeys">Also the keys of personal data: a day that is shredded later can be read as long as there is the backup.</param>
    /// <param name="store">The backup.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<IReadOnlyList<BackupFile>> WriteAsync(DataDirectory directory, bool withDayKeys, IArchiveStore store, CancellationToken cancellationToken)
    {
        var files = new List<BackupFile>();
        foreach (var path in Paths(directory, withDayKeys))
            files.Add(await BackupFile.WriteAsync(store, Prefix + Path.GetRelativePath(directory.Root, path), await File.ReadAllBytesAsync(path, cancellationToken), cancellationToken));
        files.Add(await BackupFile.WriteAsync(store, Settings, JsonSerializer.SerializeToUtf8Bytes(Configured(), Indented), cancellationToken));
        return files;
    }

    /// <summary>Puts files back where there are none of their name. The names of those that were there and differ.</summary>
    public static async Task<IReadOnlyList<string>> RestoreAsync(BackupIndex index, IArchiveStore store, DataDirectory directory, CancellationToken cancellationToken)
    {
        var kept = new List<string>();
        foreach (var file in index.Files.Where(f => f.Name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            var path = Path.GetFullPath(Path.Combine(directory.Root, file.Name[Prefix.Length..]));
            if (!path.StartsWith(directory.Root + Path.DirectorySeparatorChar, StringComparison.Ordinal)) throw new InvalidDataException($"{store.Location}: {file.Name} is not below the data directory.");
            var bytes = await file.ReadAsync(store, cancellationToken);
            if (File.Exists(path))
            {
                var there = await File.ReadAllBytesAsync(path, cancellationToken);
                if (!there.AsSpan().SequenceEqual(bytes)) kept.Add(path);
                continue;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!, Private | UnixFileMode.UserExecute);
            await using var restored = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Private });
            await restored.WriteAsync(bytes, cancellationToken);
        }

        return kept;
    }

    private static IEnumerable<string> Paths(DataDirectory directory, bool withDayKeys)
    {
        if (File.Exists(directory.KeysFile)) yield return directory.KeysFile;
        var secrets = Path.Combine(directory.Root, "secrets");
        if (!Directory.Exists(secrets)) yield break;
        foreach (var path in Directory.EnumerateFiles(secrets, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (Path.GetFileName(path) == "lock") continue;
            if (withDayKeys || !path.StartsWith(Path.Combine(secrets, "days") + Path.DirectorySeparatorChar, StringComparison.Ordinal)) yield return path;
        }
    }

    private static SortedDictionary<string, string?> Configured()
    {
        var settings = new SortedDictionary<string, string?>(StringComparer.Ordinal);
        foreach (var (key, value) in Sections.SelectMany(s => ToolConfiguration.Load().GetSection(s).AsEnumerable()))
        {
            if (value is not null) settings[key] = value;
        }

        return settings;
    }
}
