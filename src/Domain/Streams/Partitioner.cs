using System.IO.Hashing;
using System.Text;

namespace Adclicks.Domain.Streams;

/// <summary>
/// Partition = xxHash64(UTF-8 of the ad id, seed 0) mod count. All that dedup and velocity need of an ad, and every
/// rollup row keyed by it, then belongs to one partition.
/// </summary>
public static class Partitioner
{
    /// <summary>The number of partitions a new log gets.</summary>
    public const int DefaultCount = 64;

    /// <summary>The most partitions a log can have: stream names have three digits.</summary>
    public const int MaxCount = 1000;

    private const int StackBytes = 512;

    /// <summary>The partition of an ad, from 0 to <paramref name="count"/> − 1.</summary>
    public static int PartitionOf(ReadOnlySpan<byte> adIdUtf8, int count) =>
        (int)(XxHash64.HashToUInt64(adIdUtf8) % (uint)count);

    /// <inheritdoc cref="PartitionOf(ReadOnlySpan{byte}, int)"/>
    public static int PartitionOf(string adId, int count)
    {
        var size = Encoding.UTF8.GetMaxByteCount(adId.Length);
        Span<byte> bytes = size <= StackBytes ? stackalloc byte[StackBytes] : new byte[size];
        return PartitionOf(bytes[..Encoding.UTF8.GetBytes(adId, bytes)], count);
    }
}
