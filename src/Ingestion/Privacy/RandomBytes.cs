using System.Security.Cryptography;

namespace Adclicks.Ingestion.Privacy;

/// <summary>
/// Random bytes of the operating system, fetched by the block: a call for each few bytes costs more than what they are
/// used for. Every byte is given out once.
/// </summary>
internal static class RandomBytes
{
    private const int BlockBytes = 4096;

    [ThreadStatic] private static byte[]? _block;
    [ThreadStatic] private static int _left;

    /// <summary>Fills <paramref name="bytes"/>, at most 4,096.</summary>
    public static void Fill(Span<byte> bytes)
    {
        var block = _block ??= GC.AllocateUninitializedArray<byte>(BlockBytes);
        if (_left < bytes.Length)
        {
            RandomNumberGenerator.Fill(block);
            _left = BlockBytes;
        }

        var taken = block.AsSpan(BlockBytes - _left, bytes.Length);
        taken.CopyTo(bytes);
        taken.Clear();
        _left -= bytes.Length;
    }

    /// <summary>A UUID of version 7 (RFC 9562): the time in milliseconds, then random bits.</summary>
    public static Guid NewUuid(DateTimeOffset now)
    {
        Span<byte> id = stackalloc byte[16];
        Fill(id[6..]);
        var ms = now.ToUnixTimeMilliseconds();
        for (var i = 0; i < 6; i++) id[i] = (byte)(ms >> (40 - (8 * i)));
        id[6] = (byte)((id[6] & 0x0F) | 0x70);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true);
    }
}
