namespace Adclicks.EventStore.Embedded;

/// <summary>What is kept in memory of one stream. <see cref="Last"/> is written by the commit thread alone.</summary>
internal sealed class StreamState(uint number, string name)
{
    private readonly Lock _gate = new();
    private long _last = -1;
    private StreamMetadata _metadata = StreamMetadata.None;
    private TaskCompletionSource? _grown;

    public uint Number { get; } = number;

    public string Name { get; } = name;

    /// <summary>The last durable revision; −1 for none.</summary>
    public long Last
    {
        get => Volatile.Read(ref _last);
        set => Volatile.Write(ref _last, value);
    }

    public StreamMetadata Metadata
    {
        get => Volatile.Read(ref _metadata);
        set => Volatile.Write(ref _metadata, value);
    }

    /// <summary>The first revision that retention by number leaves visible; retention by age is per event.</summary>
    public long FirstVisible
    {
        get
        {
            var metadata = Metadata;
            var byCount = metadata.MaxCount is { } count ? Last - count + 1 : 0;
            return Math.Max(0, Math.Max(byCount, metadata.TruncateBefore ?? 0));
        }
    }

    /// <summary>Completes when the stream has more than <paramref name="revision"/>.</summary>
    public Task GrownBeyondAsync(long revision)
    {
        lock (_gate)
        {
            if (Last > revision) return Task.CompletedTask;
            return (_grown ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Wakes the subscribers.</summary>
    public void SignalGrown()
    {
        TaskCompletionSource? waiting;
        lock (_gate) (waiting, _grown) = (_grown, null);
        waiting?.TrySetResult();
    }
}
