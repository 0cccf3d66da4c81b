using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Adclicks.Ingestion.Bodies;

/// <summary>The body of a request, unpacked: its bytes, or why it cannot be had.</summary>
/// <param name="Bytes">Null where it cannot.</param>
/// <param name="Status">The HTTP status that says so: 400, 413 or 415.</param>
/// <param name="Problem">In words.</param>
internal readonly record struct RequestBody(byte[]? Bytes, int Status = 0, string Problem = "")
{
    private const int FirstBytes = 4096;

    /// <summary>
    /// Reads it to its end, plain or as <c>Content-Encoding: gzip</c>, up to <paramref name="maxBytes"/> of either:
    /// what unpacks to more is refused when that much is unpacked.
    /// </summary>
    public static async ValueTask<RequestBody> ReadAsync(HttpContext context, int maxBytes, CancellationToken cancellationToken)
    {
        var request = context.Request;
        if (request.ContentLength > maxBytes) return TooLarge(maxBytes);
        switch (request.Headers.ContentEncoding.ToString().ToLowerInvariant())
        {
            case "" or "identity":
                return await ReadAsync(request.Body, (int)(request.ContentLength ?? FirstBytes), maxBytes, cancellationToken);
            case "gzip" or "x-gzip":
                // Counted also as it comes: the server's own limit is larger.
                await using (var unpacked = new GZipStream(request.Body, CompressionMode.Decompress, leaveOpen: true))
                {
                    try
                    {
                        return await ReadAsync(unpacked, FirstBytes, maxBytes, cancellationToken);
                    }
                    catch (InvalidDataException)
                    {
                        return new(null, StatusCodes.Status400BadRequest, "The body is not gzip, as Content-Encoding says.");
                    }
                }

            default:
                return new(null, StatusCodes.Status415UnsupportedMediaType, "The content encoding must be gzip or identity.");
        }
    }

    /// <summary>The media type in lower case; false where the header is no media type.</summary>
    public static bool TryMediaType(HttpContext context, [NotNullWhen(true)] out string? mediaType)
    {
        mediaType = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var parsed) ? parsed.MediaType.Value?.ToLowerInvariant() : null;
        return mediaType is not null;
    }

    private static async ValueTask<RequestBody> ReadAsync(Stream stream, int expectedBytes, int maxBytes, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>(expectedBytes + 1);
        while (true)
        {
            var read = await stream.ReadAsync(body.GetMemory(), cancellationToken);
            if (read == 0) return new(body.WrittenSpan.ToArray());
            body.Advance(read);
            if (body.WrittenCount > maxBytes) return TooLarge(maxBytes);
        }
    }

    private static RequestBody TooLarge(int maxBytes) =>
        new(null, StatusCodes.Status413PayloadTooLarge, $"The body must be at most {maxBytes} bytes, unpacked.");
}
