using System.Buffers.Binary;
using System.IO.Hashing;

namespace Adclicks.Domain.Sketches;

/// <summary>
/// A split block Bloom filter as in the format of Parquet (BloomFilter.md): says of a text that it was surely not added, or that it may
/// have been. Blocks of 32 bytes; a text sets one bit in each of the eight words of one block, by its xxHash64. All filters here have 1,024
/// blocks, for 16,384 texts at 16 bits each: one in about 800 others is taken for one of them.
/// </summary>
public sealed class SplitBlockFilter
{
    /// <summary>Texts it is made for; with more, it errs more often.</summary>
    public const int Texts = 16_384;

    /// <summary>The size of a block.</summary>
    public const int BlockBytes = 32;

    private const int Blocks = 1_024, Words = 8;

    private static ReadOnlySpan<uint> Salt => [0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31];

    private readonly byte[] _bytes = new byte[Blocks * BlockBytes];

    /// <summary>The filter: 32 KB, little-endian.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The hash of a text.</summary>
    public static ulong HashOf(ReadOnlySpan<byte> utf8) => XxHash64.HashToUInt64(utf8);

    /// <summary>Where the block of a hash begins in the bytes of every filter.</summary>
    public static int BlockAt(ulong hash) => (int)(((hash >> 32) * Blocks) >> 32) * BlockBytes;

    /// <summary>Whether a text with this hash may have been added.</summary>
    /// <param name="block">The block of the hash alone.</param>
    /// <param name="hash">Of the text.</param>
    public static bool MayHave(ReadOnlySpan<byte> block, ulong hash)
    {
        for (var word = 0; word < Words; word++)
        {
            if ((BinaryPrimitives.ReadUInt32LittleEndian(block[(word * sizeof(uint))..]) & MaskOf(hash, word)) == 0) return false;
        }

        return true;
    }

    /// <summary>Adds a text.</summary>
    public void Add(ReadOnlySpan<byte> utf8)
    {
        var hash = HashOf(utf8);
        var block = _bytes.AsSpan(BlockAt(hash), BlockBytes);
        for (var word = 0; word < Words; word++)
        {
            var at = block[(word * sizeof(uint))..];
            BinaryPrimitives.WriteUInt32LittleEndian(at, BinaryPrimitives.ReadUInt32LittleEndian(at) | MaskOf(hash, word));
        }
    }

    /// <summary>Empties it.</summary>
    public void Clear() => _bytes.AsSpan().Clear();

    private static uint MaskOf(ulong hash, int word) => 1u << (int)(((uint)hash * Salt[word]) >> 27);
}
