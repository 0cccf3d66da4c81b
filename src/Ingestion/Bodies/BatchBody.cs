using System.Buffers;
using System.Text.Json;
using Adclicks.Ingestion.Validation;
using Adclicks.Ingestion.Writing;
using Microsoft.AspNetCore.Http;

namespace Adclicks.Ingestion.Bodies;

/// <summary>
/// Reads the clicks of a batch as they arrive: what is in memory is the clicks, and of the body no more than one of them and
/// what came with it. Reading stops at the first click, or byte, too many.
/// </summary>
internal static class BatchBody
{
    private const int FirstBytes = 64 << 10;

    /// <summary>What the server holds of a body that nobody has begun to read: most batches as a whole.</summary>
    private const int HeldBytes = 1 << 20;

    /// <summary>Waits for the body, or the first mebibyte of it, and leaves it where it is.</summary>
    public static async ValueTask ArriveAsync(HttpContext context, int maxBytes, CancellationToken cancellationToken)
    {
        var length = context.Request.ContentLength ?? maxBytes;
        if (length == 0 || length > maxBytes) return;
        var body = context.Request.BodyReader;
        var arrived = await body.ReadAtLeastAsync((int)Math.Min(length, HeldBytes), cancellationToken);
        body.AdvanceTo(arrived.Buffer.Start);
    }

    /// <summary>The clicks, or why they cannot be had. While it waits for more of the body, the request gives its room to others.</summary>
    public static async ValueTask<(List<RawClick>? Clicks, BodyFault Fault)> ReadAsync(
        HttpContext context, BatchFormat format, BatchLimits limits, PendingClicks pending, CancellationToken cancellationToken)
    {
        await using var stream = RequestBody.Open(context, limits.MaxBytes, out var fault);
        if (stream is null) return (null, fault);
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
        try
        {
            var (held, wanted, total) = (0, 0, 0);
            for (var isLast = false; !isLast;)
            {
                if (held == buffer.Length) buffer = Grow(buffer);
                var read = await ReadAsync(stream, buffer.AsMemory(held), pending, cancellationToken);
                isLast = read == 0;
                held += read;
                total += read;
                if (total > limits.MaxBytes) return (null, BodyFault.TooLarge(limits.MaxBytes));
                if (held < wanted && !isLast) continue;
                var used = format.Read(buffer.AsSpan(0, held), isLast, limits);
                if (format.Clicks.Count > limits.MaxClicks) return (null, new(StatusCodes.Status400BadRequest, $"A request holds at most {limits.MaxClicks} clicks."));
                held -= used;
                buffer.AsSpan(used, held).CopyTo(buffer);
                // The rest was looked at in vain. Next when there is twice as much: a click that comes byte by byte would be read anew for each.
                wanted = 2 * held;
            }

            return (format.Clicks, BodyFault.None);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return (null, new(StatusCodes.Status400BadRequest, $"The body must be {format.Expected}."));
        }
        catch (BodyFaultException e)
        {
            return (null, e.Fault);
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

    private static async ValueTask<int> ReadAsync(Stream stream, Memory<byte> buffer, PendingClicks pending, CancellationToken cancellationToken)
    {
        var reading = stream.ReadAsync(buffer, cancellationToken);
        if (reading.IsCompleted) return await reading;
        pending.StepOut();
        try
        {
            return await reading;
        }
        finally
        {
            await pending.StepInAsync();
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
