using System.Runtime.CompilerServices;
using Adclicks.EventStore;

namespace Adclicks.Support.Logs;

/// <summary>A log in memory with the semantics that readers see: enough for tests of projections.</summary>
public sealed class MemoryEventLog(TimeProvider time) : IEventLog
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<RecordedEvent>> _streams = [];
    private readonly Dictionary<string, StreamMetadata> _metadata = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<StreamAppend> appends, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            var results = appends.Select(Append).ToList();
            _changed.SetResult();
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return new(results);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadAsync(
        string stream, ReadDirection direction, long from, long maxCount = long.MaxValue,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        var events = Copy(stream);
        var chosen = direction == ReadDirection.Forwards
            ? events.Where(e => e.Revision >= from)
            : events.Where(e => e.Revision <= from).Reverse();
        foreach (var e in chosen.TakeWhile((_, i) => i < maxCount)) yield return e;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SubscriptionMessage> SubscribeAsync(
        string stream, long afterRevision, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task changed;
            lock (_gate) changed = _changed.Task;
            foreach (var e in Copy(stream))
            {
                if (e.Revision <= afterRevision) continue;
                afterRevision = e.Revision;
                yield return new SubscriptionMessage(e);
            }

            yield return SubscriptionMessage.CaughtUp;
            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> GetLastRevisionAsync(string stream, CancellationToken cancellationToken = default)
    {
        lock (_gate) return new(_streams.TryGetValue(stream, out var events) ? events.Count - 1 : -1);
    }

    /// <inheritdoc/>
    public ValueTask<StreamMetadata> GetMetadataAsync(string stream, CancellationToken cancellationToken = default)
    {
        lock (_gate) return new(_metadata.GetValueOrDefault(stream, StreamMetadata.None));
    }

    /// <inheritdoc/>
    public ValueTask SetMetadataAsync(string stream, StreamMetadata metadata, CancellationToken cancellationToken = default)
    {
        lock (_gate) _metadata[stream] = metadata;
        return default;
    }

    /// <inheritdoc/>
    public ValueTask CheckHealthAsync(CancellationToken cancellationToken = default) => default;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => default;

    private AppendResult Append(StreamAppend append)
    {
        if (!_streams.TryGetValue(append.Stream, out var events)) _streams[append.Stream] = events = [];
        if (!append.Expected.IsMetBy(events.Count - 1)) return new(AppendOutcome.WrongExpectedRevision, events.Count - 1);
        foreach (var e in append.Events)
            events.Add(new(append.Stream, events.Count, e.Id, e.Type, e.Data, e.Metadata, time.GetUtcNow()));
        return new(AppendOutcome.Appended, events.Count - 1);
    }

    private List<RecordedEvent> Copy(string stream)
    {
        lock (_gate)
        {
            if (!_streams.TryGetValue(stream, out var events)) return [];
            var first = _metadata.GetValueOrDefault(stream)?.TruncateBefore ?? 0;
            return [.. events.Where(e => e.Revision >= first)];
        }
    }
}
