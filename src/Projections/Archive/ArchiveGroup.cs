using System.Security.Cryptography;
using Adclicks.Projections.Archive.Stores;

namespace Adclicks.Projections.Archive;

/// <summary>Closes that are archived whole: files that together give events of the log back.</summary>
/// <param name="Lines">Those of the clicks, and behind them the one of the events.</param>
/// <param name="After">Per partition the last revision before its events.</param>
/// <param name="Through">Per partition the last revision of its events.</param>
internal sealed record ArchiveGroup(IReadOnlyList<ManifestLine> Lines, IReadOnlyList<long> After, IReadOnlyList<long> Through)
{
    /// <summary>The groups of an archive, the oldest first; of a group that is not whole, nothing.</summary>
    /// <exception cref="InvalidDataException">The archive is of another ledger, or its manifest was changed.</exception>
    public static IReadOnlyList<ArchiveGroup> Of(ArchiveLedger ledger, IReadOnlyCollection<ManifestLine> manifest, string location)
    {
        ArchiveManifest.CheckChain(manifest, location);
        var (groups, lines, entries) = (new List<ArchiveGroup>(), new List<ManifestLine>(), 0);
        foreach (var line in manifest)
        {
            lines.Add(line);
            if (line.IsClicks) entries++;
            if (entries == 0 || entries > ledger.Count || line.EntryHash != ledger.HashOf(entries - 1)) throw new InvalidDataException($"{location} is an archive of another ledger: they part at {line.Hour}.");
            if (line.IsClicks) continue;
            var through = ledger[entries - 1].Through;
            groups.Add(new ArchiveGroup(lines, groups.Count == 0 ? [.. through.Select(_ => -1L)] : groups[^1].Through, through));
            lines = [];
        }

        return groups;
    }

    /// <summary>Whether it has events of a partition from a revision on, and before another.</summary>
    public bool Has(int partition, long from, long before) => Math.Max(from, After[partition] + 1) < Math.Min(before, Through[partition] + 1);

    /// <summary>
    /// Reads its files again. What is in them was checked against the ledger before the manifest named them, so that they are still the same
    /// bytes is enough.
    /// </summary>
    /// <exception cref="InvalidDataException">One is missing or changed.</exception>
    public async Task CheckAsync(IArchiveStore store, CancellationToken cancellationToken)
    {
        foreach (var line in Lines.Where(l => l.File.Length > 0))
        {
            var file = await store.ReadAsync(line.File, cancellationToken) ?? throw new InvalidDataException($"{store.Location}: {line.File} is missing. Nothing that it has is taken from the log.");
            if (file.Length != line.Bytes || Convert.ToHexStringLower(SHA256.HashData(file)) != line.Sha256)
                throw new InvalidDataException($"{store.Location}: {line.File} was changed. Nothing that it has is taken from the log. See adclicks reconcile --source archive.");
        }
    }
}
