using System.Runtime.CompilerServices;
using Adclicks.EventStore;

namespace Adclicks.Projections.Archive;

/// <summary>
/// A log whose streams are read forwards from their first event on: what retention has taken from their beginning comes out of the archive at
/// <c>Archive:To</c>. Where the log lacks nothing, no archive is looked at. Followed, and read backwards, is the log alone.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="archive">Where the rest is.</param>
/// <param name="isOwner">Whether both are disposed of with it.</param>
public sealed class WholeLog(IEventLog log, ArchiveCopies archive, bool isOwner = false) : IEventLog
{
    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The beginning is gone, and no archive is configured; or it does not have it, or was changed.</exception>
    public async IAsyncEnumerable<RecordedEvent> ReadAsync(
        string stream, ReadDirection direction, long from, long maxCount = long.MaxValue, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (next, left) = (from, maxCount);
        await foreach (var recorded in log.ReadAsync(stream, direction, from, maxCount, cancellationToken))
        {
            if (direction == ReadDirection.Forwards && recorded.Revision > next && await IsTruncatedAsync(stream, next, from, cancellationToken))
            {
                var through = Math.Min(recorded.Revision - 1, next + Math.Min(left, recorded.Revision) - 1);
                if (archive.Place is null) throw new InvalidDataException($"{stream} begins with revision {recorded.Revision}; what was before is in an archive, and where that is is not set: Archive:To.");
                await foreach (var archived in archive.ReadAsync(stream, next, through, cancellationToken)) yield return archived;
                left -= through - next + 1;
            }

            if (left-- <= 0) yield break;
            next = recorded.Revision + 1;
            yield return recorded;
        }
    }

    /// <summary>Like the extension, which it is in front of: no archive is read where the log itself has the place.</summary>
    public async ValueTask<long> FindFirstSinceAsync(string stream, DateTimeOffset since, CancellationToken cancellationToken = default)
    {
        var found = await log.FindFirstSinceAsync(stream, since, cancellationToken);
        return found > await log.GetFirstRevisionAsync(stream, cancellationToken) ? found : await EventLogExtensions.FindFirstSinceAsync(this, stream, since, cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<SubscriptionMessage> SubscribeAsync(string stream, long afterRevision, CancellationToken cancellationToken = default) => log.SubscribeAsync(stream, afterRevision, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<StreamAppend> appends, CancellationToken cancellationToken = default) => log.AppendAsync(appends, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<long> GetLastRevisionAsync(string stream, CancellationToken cancellationToken = default) => log.GetLastRevisionAsync(stream, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StreamMetadata> GetMetadataAsync(string stream, CancellationToken cancellationToken = default) => log.GetMetadataAsync(stream, cancellationToken);

    /// <inheritdoc/>
    public ValueTask SetMetadataAsync(string stream, StreamMetadata metadata, CancellationToken cancellationToken = default) => log.SetMetadataAsync(stream, metadata, cancellationToken);

    /// <inheritdoc/>
    public ValueTask CheckHealthAsync(CancellationToken cancellationToken = default) => log.CheckHealthAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!isOwner) return;
        await archive.DisposeAsync();
        await log.DisposeAsync();
    }

    /// <summary>Retention takes from the beginning; a hole behind it is another thing, and is for the reader to find.</summary>
    private async ValueTask<bool> IsTruncatedAsync(string stream, long next, long from, CancellationToken cancellationToken)
    {
        var retention = await log.GetMetadataAsync(stream, cancellationToken);
        return next < retention.TruncateBefore || (next == from && retention != StreamMetadata.None);
    }
}
