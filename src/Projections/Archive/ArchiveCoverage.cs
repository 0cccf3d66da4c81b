using Adclicks.EventStore;
using Adclicks.Projections.Archive.Stores;

namespace Adclicks.Projections.Archive;

/// <summary>How much of the log an archive can give back.</summary>
public static class ArchiveCoverage
{
    /// <summary>Per partition the last revision; null where there is none.</summary>
    /// <exception cref="InvalidDataException">The archive is of another ledger.</exception>
    public static async Task<IReadOnlyList<long>?> ThroughAsync(IEventLog log, IArchiveStore store, CancellationToken cancellationToken)
    {
        if ((await ArchiveManifest.ReadAsync(store, cancellationToken)).LastOrDefault(l => !l.IsClicks) is not { } last) return null;
        var ledger = await ArchiveLedger.ReadAsync(log, cancellationToken);
        for (var entry = ledger.Count - 1; entry >= 0; entry--)
        {
            if (ledger.HashOf(entry) == last.EntryHash) return ledger[entry].Through;
        }

        throw new InvalidDataException($"{store.Location} is an archive of another ledger: it ends with {last.Hour}.");
    }
}
