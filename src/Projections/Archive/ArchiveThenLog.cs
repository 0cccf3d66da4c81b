using System.Runtime.CompilerServices;
using Adclicks.EventStore;

namespace Adclicks.Projections.Archive;

/// <summary>A log whose streams are read and followed out of an archive as far as it has them, and from there on in the log itself.</summary>
public sealed class ArchiveThenLog(ArchiveCopy archive, IEventLog log) : IEventLog
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<SubscriptionMessage> SubscribeAsync(string stream, long afterRevision, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var next = afterRevision;
        if (await archive.OpenAsync(cancellationToken) is { } copy && await copy.GetLastRevisionAsync(stream, cancellationToken) is var archived && next < archived)
        {
            await foreach (var recorded in copy.ReadAsync(stream, ReadDirection.Forwards, next + 1, archived - next, cancellationToken))
            {
                next = recorded.Revision;
                yield return new SubscriptionMessage(recorded);
            }
        }

        await foreach (var message in log.SubscribeAsync(stream, next, cancellationToken)) yield return message;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<StreamAppend> appends, CancellationToken cancellationToken = default) => log.AppendAsync(appends, cancellationToken);

    /// <summary>Backwards it reads the log alone.</summary>
    public async IAsyncEnumerable<RecordedEvent> ReadAsync(
        string stream, ReadDirection direction, long from, long maxCount = long.MaxValue, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (direction == ReadDirection.Forwards && await archive.OpenAsync(cancellationToken) is { } copy && await copy.GetLastRevisionAsync(stream, cancellationToken) is var archived && from <= archived)
        {
            await foreach (var recorded in copy.ReadAsync(stream, direction, from, maxCount, cancellationToken))
            {
                maxCount--;
                yield return recorded;
            }

            from = archived + 1;
        }

        if (maxCount <= 0) yield break;
        await foreach (var recorded in log.ReadAsync(stream, direction, from, maxCount, cancellationToken)) yield return recorded;
    }

    /// <inheritdoc/>
    public ValueTask<long> GetLastRevisionAsync(string stream, CancellationToken cancellationToken = default) => log.GetLastRevisionAsync(stream, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StreamMetadata> GetMetadataAsync(string stream, CancellationToken cancellationToken = default) => log.GetMetadataAsync(stream, cancellationToken);

    /// <inheritdoc/>
    public ValueTask SetMetadataAsync(string stream, StreamMetadata metadata, CancellationToken cancellationToken = default) => log.SetMetadataAsync(stream, metadata, cancellationToken);

    /// <inheritdoc/>
    public ValueTask CheckHealthAsync(CancellationToken cancellationToken = default) => log.CheckHealthAsync(cancellationToken);

    /// <summary>Neither is its own.</summary>
    public ValueTask DisposeAsync() => default;
}
