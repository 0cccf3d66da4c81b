using System.Buffers.Binary;
using System.Net;

namespace Adclicks.Ingestion.Limits;

/// <summary>What counts as one sender: an IPv4 address, or a /64 of IPv6, which one household has to itself.</summary>
internal readonly record struct NetworkKey(ulong Bits, bool IsV6)
{
    private const int V4Bytes = 4, V6Bytes = 16;

    /// <summary>IPv4 in IPv6 is IPv4.</summary>
    public static NetworkKey Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[V6Bytes];
        address.TryWriteBytes(bytes, out var length);
        if (length == V4Bytes) return new(BinaryPrimitives.ReadUInt32BigEndian(bytes), false);
        return address.IsIPv4MappedToIPv6
            ? new(BinaryPrimitives.ReadUInt32BigEndian(bytes[(V6Bytes - V4Bytes)..]), false)
            : new(BinaryPrimitives.ReadUInt64BigEndian(bytes), true);
    }
}
