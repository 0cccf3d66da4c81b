using System.Buffers;
using System.Text.Json;
using Adclicks.Ingestion.Validation;
using Microsoft.AspNetCore.Http;

namespace Adclicks.Ingestion.Bodies;

/// <summary>
/// Reads the clicks of a batch as they arrive: what is in memory is the clicks, and of the body no more than one of them and
/// what came with it. Reading stops at the first click, or byte, too many.
/// </summary>
internal static class BatchBody
{
    private const int FirstBytes = 64 << 10;

    /// <summary>The clicks, or why they cannot be had.</summary>
    public static async ValueTask<(List<RawClick>? Clicks, BodyFault Fault)> ReadAsync(
        HttpContext context, BatchFormat format, int maxClicks, int maxBytes, CancellationToken cancellationToken)
    {
        await using var stream = RequestBody.Open(context, maxBytes, out var fault);
        if (stream is null) return (null, fault);
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
        try
        {
            var (held, total) = (0, 0);
            for (var isLast = false; !isLast;)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(held), cancellationToken);
                isLast = read == 0;
                held += read;
                total += read;
                if (total > maxBytes) return (null, BodyFault.TooLarge(maxBytes));
                var used = format.Read(buffer.AsSpan(0, held), isLast, maxClicks);
                if (format.Clicks.Count > maxClicks) return (null, new(StatusCodes.Status400BadRequest, $"A request holds at most {maxClicks} clicks."));
                held -= used;
                buffer.AsSpan(used, held).CopyTo(buffer);
                if (held == buffer.Length) buffer = Grow(buffer);
            }

            return (format.Clicks, BodyFault.None);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return (null, new(StatusCodes.Status400BadRequest, $"The body must be {format.Expected}."));
        }
        catch (InvalidDataException)
        {
            return (null, BodyFault.NotGzip);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>For a click that is larger.</summary>
    private static byte[] Grow(byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
