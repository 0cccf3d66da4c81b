using Adclicks.EventStore;
using Adclicks.Projections.Archive.Stores;

namespace Adclicks.Projections.Archive;

/// <summary>The archives that generations are being built from in this process.</summary>
internal sealed class ArchiveCopies(ArchiveOptions options, string folder) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private (string Place, ArchiveCopy Copy)? _copy;

    /// <summary>Whether there is an archive with a close that is whole.</summary>
    public async Task<bool> IsThereAsync(string place, CancellationToken cancellationToken)
    {
        using var store = ArchiveStores.Open(place, options.S3);
        return (await ArchiveManifest.ReadAsync(store, cancellationToken)).Any(l => !l.IsClicks);
    }

    /// <summary>A log that begins with an archive. One generation is built at a time, so there is one archive.</summary>
    public IEventLog Before(string place, IEventLog log)
    {
        lock (_gate)
        {
            if (_copy is not { } known || known.Place != place) _copy = known = (place, new ArchiveCopy(place, options, folder));
            return new ArchiveThenLog(known.Copy, log);
        }
    }

    /// <summary>Frees the room: nothing is being built from an archive any more.</summary>
    public async ValueTask RemoveAsync()
    {
        ArchiveCopy? unused;
        lock (_gate) (unused, _copy) = (_copy?.Copy, null);
        if (unused is not null) await unused.DisposeAsync();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => RemoveAsync();
}
