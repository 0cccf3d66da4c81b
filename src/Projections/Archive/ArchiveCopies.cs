using System.Runtime.CompilerServices;
using Adclicks.EventStore;
using Adclicks.Projections.Archive.Stores;

namespace Adclicks.Projections.Archive;

/// <summary>
/// Archives as logs on this machine, one for each place, shared by all that read them in this process: generations that are built from one,
/// and whoever reads what the log no longer has.
/// </summary>
/// <param name="options">With the archive of this installation.</param>
/// <param name="folder">Where there is room.</param>
/// <param name="time">The clock.</param>
public sealed class ArchiveCopies(ArchiveOptions options, string folder, TimeProvider time) : IAsyncDisposable
{
    /// <summary>A copy takes long to make, and who wants one is often not alone: closer and archiver begin at the same time.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly List<Kept> _kept = [];
    private ITimer? _removal;

    /// <summary>The archive of this installation; null where it has none.</summary>
    internal string? Place => options.To is { Length: > 0 } set ? set : null;

    /// <summary>Per partition the last revision that an archive gives back; null where there is none, or none with a close that is whole.</summary>
    /// <exception cref="InvalidDataException">It is of another ledger.</exception>
    internal async Task<IReadOnlyList<long>?> ThroughAsync(string place, IEventLog log, CancellationToken cancellationToken)
    {
        using var store = ArchiveStores.Open(place, options.S3);
        return await ArchiveCoverage.ThroughAsync(log, store, cancellationToken);
    }

    /// <summary>Whether there is an archive with a close that is whole.</summary>
    internal async Task<bool> IsThereAsync(string place, CancellationToken cancellationToken)
    {
        using var store = ArchiveStores.Open(place, options.S3);
        return (await ArchiveManifest.ReadAsync(store, cancellationToken)).Any(l => !l.IsClicks);
    }

    /// <summary>A log that begins with an archive, for a generation that is built from it.</summary>
    internal IEventLog Before(string place, IEventLog log)
    {
        lock (_gate)
        {
            var kept = FindOrAdd(place);
            kept.IsBuiltFrom = true;
            return new ArchiveThenLog(kept.Copy, log);
        }
    }

    /// <summary>Nothing is being built from an archive any more: frees the room, unless somebody else reads it.</summary>
    internal async ValueTask BuiltAsync()
    {
        lock (_gate) _kept.ForEach(k => k.IsBuiltFrom = false);
        await RemoveUnusedAsync();
    }

    /// <summary>Events of a stream out of the archive of this installation: all of these revisions.</summary>
    /// <exception cref="InvalidDataException">It does not have them all, or was changed.</exception>
    internal async IAsyncEnumerable<RecordedEvent> ReadAsync(string stream, long from, long through, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var place = Place ?? throw new InvalidOperationException("There is no archive.");
        var (kept, copy) = await TakeAsync(place, stream, through, cancellationToken);
        try
        {
            var next = from;
            await foreach (var recorded in copy.ReadAsync(stream, ReadDirection.Forwards, from, through - from + 1, cancellationToken))
            {
                if (recorded.Revision != next) break;
                next++;
                yield return recorded;
            }

            if (next <= through) throw new InvalidDataException($"{stream} has revisions {next} to {through} neither in the log nor in the archive in {place} (Archive:To).");
        }
        finally
        {
            await ReleaseAsync(kept);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Kept[] all;
        lock (_gate)
        {
            all = [.. _kept];
            _kept.Clear();
            _removal?.Dispose();
            _removal = null;
        }

        foreach (var kept in all) await kept.Copy.DisposeAsync();
    }

    /// <summary>A copy that reaches so far, where the archive does; what was copied before more was archived is copied anew.</summary>
    private async Task<(Kept Kept, IEventLog Copy)> TakeAsync(string place, string stream, long through, CancellationToken cancellationToken)
    {
        while (true)
        {
            Kept kept;
            lock (_gate)
            {
                kept = FindOrAdd(place);
                kept.Users++;
            }

            try
            {
                var copy = await kept.Copy.OpenAsync(cancellationToken) ?? throw new OperationCanceledException("The copy of the archive was removed.");
                if (await copy.GetLastRevisionAsync(stream, cancellationToken) >= through || !await kept.Copy.IsBehindAsync(cancellationToken)) return (kept, copy);
                kept.IsOutdated = true;
            }
            catch
            {
                await ReleaseAsync(kept);
                throw;
            }

            await ReleaseAsync(kept);
        }
    }

    private async ValueTask ReleaseAsync(Kept kept)
    {
        lock (_gate)
        {
            kept.Users--;
            kept.LastUsed = time.GetTimestamp();
            _removal ??= time.CreateTimer(_ => _ = RemoveUnusedAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _removal.Change(KeptFor + TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        }

        if (kept.IsOutdated) await RemoveUnusedAsync();
    }

    private async Task RemoveUnusedAsync()
    {
        Kept[] unused;
        lock (_gate)
        {
            unused = [.. _kept.Where(k => k is { Users: 0, IsBuiltFrom: false } && (k.IsOutdated || k.LastUsed is not { } last || time.GetElapsedTime(last) >= KeptFor))];
            _kept.RemoveAll(unused.Contains);
        }

        foreach (var kept in unused) await kept.Copy.DisposeAsync();
    }

    private Kept FindOrAdd(string place)
    {
        if (_kept.Find(k => k.Place == place && !k.IsOutdated) is { } known) return known;
        var added = new Kept(place, new ArchiveCopy(place, options, folder));
        _kept.Add(added);
        return added;
    }

    private sealed class Kept(string place, ArchiveCopy copy)
    {
        public string Place { get; } = place;

        public ArchiveCopy Copy { get; } = copy;

        public int Users { get; set; }

        public long? LastUsed { get; set; }

        public bool IsBuiltFrom { get; set; }

        public volatile bool IsOutdated;
    }
}
