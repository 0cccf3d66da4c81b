namespace Adclicks.EventStore.Embedded;

/// <summary>One call that waits for its commit.</summary>
internal sealed class PendingAppend(IReadOnlyList<StreamAppend> appends, long bytes)
{
    private readonly TaskCompletionSource<IReadOnlyList<AppendResult>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<StreamAppend> Appends { get; } = appends;

    public long Bytes { get; } = bytes;

    public AppendResult[] Results { get; } = new AppendResult[appends.Count];

    public Task<IReadOnlyList<AppendResult>> Done => _done.Task;

    public void Complete() => _done.TrySetResult(Results);

    public void Fail(Exception reason) => _done.TrySetException(reason);
}
