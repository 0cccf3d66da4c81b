using System.Runtime.CompilerServices;
using Adclicks.EventStore;

namespace Adclicks.Tests.Support;

/// <summary>A log in memory, for tests of what stands on one. <see cref="IsDown"/> makes it fail.</summary>
public sealed class MemoryEventLog : IEventLog
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<RecordedEvent>> _streams = [];
    private TaskCompletionSource _changed = NewSignal();
    private volatile bool _isDown;

    public bool IsDown
    {
        get => _isDown;
        set
        {
            _isDown = value;
            Signal();
        }
    }

    /// <summary>Runs before each append: for a test that wants to come in between.</summary>
    public Func<StreamAppend, Task>? BeforeAppend { get; set; }

    public async ValueTask<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<StreamAppend> appends, CancellationToken cancellationToken = default)
    {
        var results = new List<AppendResult>();
        foreach (var append in appends)
        {
            if (BeforeAppend is { } before) await before(append);
            Check();
            lock (_gate) results.Add(Append(append));
        }

        Signal();
        return results;
    }

    public async IAsyncEnumerable<RecordedEvent> ReadAsync(
        string stream, ReadDirection direction, long from, long maxCount = long.MaxValue, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        Check();
        var events = Snapshot(stream);
        var selected = direction == ReadDirection.Forwards ? events.Where(e => e.Revision >= from) : events.Where(e => e.Revision <= from).Reverse();
        foreach (var e in selected.Take((int)Math.Min(maxCount, int.MaxValue)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return e;
        }
    }

    public async IAsyncEnumerable<SubscriptionMessage> SubscribeAsync(
        string stream, long afterRevision, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var next = (int)afterRevision + 1; ;)
        {
            Task changed;
            lock (_gate) changed = _changed.Task;
            Check();
            foreach (var e in Snapshot(stream).Skip(next))
            {
                next++;
                yield return new SubscriptionMessage(e);
            }

            yield return SubscriptionMessage.CaughtUp;
            await changed.WaitAsync(cancellationToken);
        }
    }

    public ValueTask<long> GetLastRevisionAsync(string stream, CancellationToken cancellationToken = default)
    {
        Check();
        return new(Snapshot(stream).Length - 1L);
    }

    public ValueTask<StreamMetadata> GetMetadataAsync(string stream, CancellationToken cancellationToken = default) => new(StreamMetadata.None);

    public ValueTask SetMetadataAsync(string stream, StreamMetadata metadata, CancellationToken cancellationToken = default) => default;

    public ValueTask CheckHealthAsync(CancellationToken cancellationToken = default)
    {
        Check();
        return default;
    }

    public ValueTask DisposeAsync() => default;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AppendResult Append(StreamAppend append)
    {
        if (!_streams.TryGetValue(append.Stream, out var events)) _streams[append.Stream] = events = [];
        var known = events.FindIndex(e => e.Id == append.Events[0].Id);
        if (known >= 0) return new(AppendOutcome.Appended, known + append.Events.Count - 1);
        if (!append.Expected.IsMetBy(events.Count - 1)) return new(AppendOutcome.WrongExpectedRevision, events.Count - 1);
        foreach (var e in append.Events)
            events.Add(new RecordedEvent(append.Stream, events.Count, e.Id, e.Type, e.Data, e.Metadata, TimeProvider.System.GetUtcNow()));
        return new(AppendOutcome.Appended, events.Count - 1);
    }

    private RecordedEvent[] Snapshot(string stream)
    {
        lock (_gate) return _streams.TryGetValue(stream, out var events) ? [.. events] : [];
    }

    private void Check()
    {
        if (_isDown) throw new EventLogUnavailableException("The log is down.");
    }

    private void Signal()
    {
        TaskCompletionSource changed;
        lock (_gate) (changed, _changed) = (_changed, NewSignal());
        changed.TrySetResult();
    }
}
