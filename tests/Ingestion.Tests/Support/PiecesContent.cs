using System.Net;

namespace Adclicks.Ingestion.Tests.Support;

/// <summary>A body of unknown length that is sent in pieces of some size, flushed one by one.</summary>
internal sealed class PiecesContent(byte[] body, int pieceBytes) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        for (var at = 0; at < body.Length; at += pieceBytes)
        {
            await stream.WriteAsync(body.AsMemory(at, Math.Min(pieceBytes, body.Length - at)));
            await stream.FlushAsync();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }
}
