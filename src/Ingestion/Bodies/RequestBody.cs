using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Adclicks.Ingestion.Bodies;

/// <summary>Why a body cannot be had.</summary>
/// <param name="Status">The HTTP status that says so: 400, 413 or 415; 0 where it can.</param>
/// <param name="Problem">In words.</param>
internal readonly record struct BodyFault(int Status, string Problem)
{
    public static BodyFault None => default;

    public static BodyFault NotGzip { get; } = new(StatusCodes.Status400BadRequest, "The body is not gzip from its beginning to its end, as Content-Encoding says.");

    public static BodyFault TooLarge(int maxBytes) => new(StatusCodes.Status413PayloadTooLarge, $"The body must be at most {maxBytes} bytes, unpacked.");

    public static BodyFault ClickTooLarge(int maxBytes) => new(StatusCodes.Status400BadRequest, $"A click of a batch must be at most {maxBytes} bytes.");
}

/// <summary>Found while a body is read.</summary>
internal sealed class BodyFaultException(BodyFault fault) : Exception(fault.Problem)
{
    public BodyFault Fault { get; } = fault;
}

/// <summary>The body of a request, plain or as <c>Content-Encoding: gzip</c>.</summary>
internal static class RequestBody
{
    private const int FirstBytes = 4096;

    /// <summary>The media type in lower case; false where the header is no media type, or of text in another encoding than UTF-8.</summary>
    public static bool TryMediaType(HttpContext context, [NotNullWhen(true)] out string? mediaType)
    {
        mediaType = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var parsed) && IsUtf8(parsed.Charset.AsSpan().Trim('"'))
            ? parsed.MediaType.Value?.ToLowerInvariant()
            : null;
        return mediaType is not null;
    }

    /// <summary>The body as it unpacks; null where it is too large already, or packed otherwise. Dispose it: the request's own stays open.</summary>
    public static Stream? Open(HttpContext context, int maxBytes, out BodyFault fault)
    {
        fault = context.Request.ContentLength > maxBytes ? BodyFault.TooLarge(maxBytes) : BodyFault.None;
        if (fault != BodyFault.None) return null;
        var encoding = context.Request.Headers.ContentEncoding.ToString();
        if (encoding.Length == 0 || Is(encoding, "identity")) return context.Request.Body;
        if (Is(encoding, "gzip") || Is(encoding, "x-gzip")) return new WholeGzip(context.Request.Body, maxBytes);
        fault = new(StatusCodes.Status415UnsupportedMediaType, "The content encoding must be gzip or identity.");
        return null;
    }

    /// <summary>
    /// Reads it to its end, up to <paramref name="maxBytes"/>: what unpacks to more is refused when that much is unpacked. The
    /// bytes are null where there is a fault.
    /// </summary>
    public static async ValueTask<(byte[]? Bytes, BodyFault Fault)> ReadAsync(HttpContext context, int maxBytes, CancellationToken cancellationToken)
    {
        await using var stream = Open(context, maxBytes, out var fault);
        if (stream is null) return (null, fault);
        var body = new ArrayBufferWriter<byte>((int)(context.Request.ContentLength ?? FirstBytes) + 1);
        try
        {
            while (true)
            {
                var read = await stream.ReadAsync(body.GetMemory(), cancellationToken);
                if (read == 0) return (body.WrittenSpan.ToArray(), BodyFault.None);
                body.Advance(read);
                if (body.WrittenCount > maxBytes) return (null, BodyFault.TooLarge(maxBytes));
            }
        }
        catch (BodyFaultException e)
        {
            return (null, e.Fault);
        }
        catch (InvalidDataException)
        {
            return (null, BodyFault.NotGzip);
        }
    }

    /// <summary>Also where nothing is said, as it is commonly misspelt, and where the text is ASCII alone.</summary>
    private static bool IsUtf8(ReadOnlySpan<char> charset) =>
        charset.IsEmpty
        || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
        || charset.Equals("utf8", StringComparison.OrdinalIgnoreCase)
        || charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase);

    private static bool Is(string encoding, string name) => encoding.Equals(name, StringComparison.OrdinalIgnoreCase);
}
