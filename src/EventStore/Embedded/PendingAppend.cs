namespace Adclicks.EventStore.Embedded;

/// <summary>One call that waits for its commit.</summary>
internal sealed class PendingAppend(IReadOnlyList<StreamAppend> appends, long bytes)
{
    private const int Waiting = 0, Begun = 1, Withdrawn = 2;
    private readonly TaskCompletionSource<IReadOnlyList<AppendResult>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state = Waiting;

    public IReadOnlyList<StreamAppend> Appends { get; } = appends;

    public long Bytes { get; } = bytes;

    public AppendResult[] Results { get; } = new AppendResult[appends.Count];

    public Task<IReadOnlyList<AppendResult>> Done => _done.Task;

    /// <summary>For who commits it; false where its caller has withdrawn it.</summary>
    public bool TryBegin() => Interlocked.CompareExchange(ref _state, Begun, Waiting) == Waiting;

    /// <summary>For its caller, who waits no longer: true where nothing of it was written, and nothing will be.</summary>
    public bool TryWithdraw() => Interlocked.CompareExchange(ref _state, Withdrawn, Waiting) == Waiting;

    public void Complete() => _done.TrySetResult(Results);

    public void Fail(Exception reason) => _done.TrySetException(reason);
}
