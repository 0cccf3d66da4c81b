using Adclicks.EventStore;
using Adclicks.Hosting;
using Adclicks.Projections.Archive;
using Adclicks.Projections.Archive.Stores;
using Adclicks.Projections.Reconciliation;

namespace Adclicks.Reconcile;

/// <summary>An archive to be judged: its files by themselves, and its events as a log to be replayed.</summary>
internal sealed class ArchiveSource : IAsyncDisposable
{
    private readonly IArchiveStore _store;
    private readonly ArchiveCopy _copy;
    private bool _isBroken;

    private ArchiveSource(IArchiveStore store, ArchiveCopy copy) => (_store, _copy) = (store, copy);

    /// <summary>Opens an archive. The log made of it takes its room in the data directory; where that is not there, among temporary files.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static ArchiveSource Open(string place, DataDirectory directory)
    {
        var store = ArchiveLocation.Open(place);
        return new ArchiveSource(store, new ArchiveCopy(place, ArchiveLocation.Options(), Directory.Exists(directory.Root) ? directory.Root : Path.GetTempPath()));
    }

    /// <summary>Holds the files against the ledger of the log; without one, against the ledger that is in the archive.</summary>
    public async Task<(IReadOnlyList<Difference> Differences, long Clicks, int Entries)> CheckAsync(IEventLog? log, (int From, int To) range, CancellationToken cancellationToken)
    {
        await Console.Error.WriteLineAsync($"Making a log of the events in {_store.Location}, and comparing its files with the ledger…");
        var check = new ArchiveCheck(_store, range);
        var problem = await RestoreAsync(cancellationToken);
        if ((log ?? (_isBroken ? null : await _copy.OpenAsync(cancellationToken))) is { } ledger) await check.CompareAsync(ledger, cancellationToken);
        return (problem is null || check.Differences.Count > 0 ? check.Differences : [problem], check.Clicks, check.Entries);
    }

    /// <summary>The events of the archive, and behind them those of the log; null where the archive does not give its events back.</summary>
    public async Task<IEventLog?> LogAsync(IEventLog? log, CancellationToken cancellationToken) =>
        _isBroken ? null : log is null ? await _copy.OpenAsync(cancellationToken) : new ArchiveThenLog(_copy, log);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _copy.DisposeAsync();
        _store.Dispose();
    }

    /// <summary>Files that were changed are a finding.</summary>
    private async Task<Difference?> RestoreAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _copy.OpenAsync(cancellationToken);
            return null;
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or IndexOutOfRangeException)
        {
            _isBroken = true;
            return new Difference("archive", null, null, "the events", "all of them", e.Message);
        }
    }
}
