using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Adclicks.Projections.Archive.Stores;

namespace Adclicks.Projections.Archive;

/// <summary>
/// What an archive consists of: lines in a chain, in objects <c>manifest/NUMBER.jsonl</c> that are named by their first line. Each is
/// created once and never changed; where two archivers meet, one creates it.
/// </summary>
public static class ArchiveManifest
{
    private const string Prefix = "manifest/", Suffix = ".jsonl";
    private const int ObjectsAtATime = 8;

    /// <summary>All lines, in their order. The chain is not checked.</summary>
    /// <exception cref="InvalidDataException">An object is missing, or holds something else.</exception>
    public static async Task<IReadOnlyList<ManifestLine>> ReadAsync(IArchiveStore store, CancellationToken cancellationToken)
    {
        var names = await store.ListAsync(Prefix, cancellationToken);
        var objects = new ConcurrentDictionary<string, ManifestLine[]>();
        await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = ObjectsAtATime, CancellationToken = cancellationToken }, async (name, stop) =>
        {
            var bytes = await store.ReadAsync(name, stop) ?? throw new InvalidDataException($"{store.Location}: {name} is gone.");
            objects[name] = Parse(store, name, bytes);
        });
        var lines = new List<ManifestLine>();
        foreach (var name in names)
        {
            if (name != NameOf(lines.Count)) throw new InvalidDataException($"{store.Location}: {NameOf(lines.Count)} is missing; {name} is there.");
            lines.AddRange(objects[name]);
        }

        return lines;
    }

    /// <summary>That each line is as it was written, behind the one it was written behind.</summary>
    /// <exception cref="InvalidDataException">One is not.</exception>
    public static void CheckChain(IEnumerable<ManifestLine> lines, string location)
    {
        var previous = ManifestLine.Beginning;
        foreach (var line in lines)
        {
            if (line.PreviousHash != previous || line.ComputeHash() != line.Hash) throw new InvalidDataException($"{location}: the manifest was changed at {line.Hour} ({line.File}). See adclicks reconcile --source archive.");
            previous = line.Hash;
        }
    }

    /// <summary>Puts lines into the chain behind those there are; durable when it returns.</summary>
    /// <exception cref="InvalidDataException">Another archiver was there first.</exception>
    public static async Task<IReadOnlyList<ManifestLine>> AppendAsync(IArchiveStore store, IReadOnlyList<ManifestLine> existing, IReadOnlyList<ManifestLine> added, CancellationToken cancellationToken)
    {
        var previous = existing.Count == 0 ? ManifestLine.Beginning : existing[^1].Hash;
        var chained = new List<ManifestLine>();
        foreach (var line in added)
        {
            chained.Add(line.After(previous));
            previous = chained[^1].Hash;
        }

        var text = string.Concat(chained.Select(line => line.ToJson() + "\n"));
        return await store.TryCreateAsync(NameOf(existing.Count), Encoding.UTF8.GetBytes(text), cancellationToken)
            ? chained
            : throw new InvalidDataException($"{store.Location}: another process archives here too; it was first.");
    }

    private static ManifestLine[] Parse(IArchiveStore store, string name, byte[] bytes)
    {
        try
        {
            return [.. Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(ManifestLine.Parse)];
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{store.Location}: {name}: {e.Message}", e);
        }
    }

    private static string NameOf(int firstLine) => Prefix + firstLine.ToString("D10", CultureInfo.InvariantCulture) + Suffix;
}
