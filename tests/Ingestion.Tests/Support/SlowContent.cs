using System.Net;

namespace Adclicks.Ingestion.Tests.Support;

/// <summary>A body whose end is sent when it is told to be.</summary>
internal sealed class SlowContent(byte[] beginning, byte[] end) : HttpContent
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously), _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the beginning is sent.</summary>
    public Task Begun => _begun.Task;

    /// <summary>Sends the end.</summary>
    public void Release() => _released.TrySetResult();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(beginning, cancellationToken);
        await stream.FlushAsync(cancellationToken);
        _begun.SetResult();
        await _released.Task.WaitAsync(cancellationToken);
        await stream.WriteAsync(end, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = beginning.Length + end.Length;
        return true;
    }
}
