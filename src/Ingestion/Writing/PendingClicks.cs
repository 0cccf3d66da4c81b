namespace Adclicks.Ingestion.Writing;

/// <summary>One click on its way to the log.</summary>
/// <param name="Partition">Where it goes.</param>
/// <param name="Encoded">As <see cref="Domain.Clicks.ClickEncoder"/> wrote it.</param>
/// <param name="ClickedAtMs">Its time.</param>
/// <param name="Identity">What a retry of it would share; zero where it cannot be told from another.</param>
internal readonly record struct EncodedClick(int Partition, byte[] Encoded, long ClickedAtMs, UInt128 Identity);

/// <summary>The clicks of one request, and whoever waits for them to be durable.</summary>
internal sealed class PendingClicks(IReadOnlyList<EncodedClick> clicks, string correlationId)
{
    private readonly TaskCompletionSource _durable = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<EncodedClick> Clicks { get; } = clicks;

    public string CorrelationId { get; } = correlationId;

    /// <summary>Completes when all of them are in the log; fails where one may not be.</summary>
    public Task Durable => _durable.Task;

    public void Complete() => _durable.TrySetResult();

    public void Fail(Exception reason) => _durable.TrySetException(reason);
}
