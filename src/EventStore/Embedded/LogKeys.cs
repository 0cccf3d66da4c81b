using System.Buffers.Binary;
using System.Text;

namespace Adclicks.EventStore.Embedded;

/// <summary>
/// The keys of the database. <c>e</c> + stream number (4 bytes) + revision (8 bytes), both big-endian, so that the events
/// of a stream lie in their order; <c>s</c> + stream name → number; <c>m</c> + stream number → retention.
/// </summary>
internal static class LogKeys
{
    public const int EventSize = 13;

    /// <summary>What all events of a stream begin with.</summary>
    public const int EventPrefixSize = 5;

    public const int MetadataSize = 5;
    public static readonly byte[] FirstStream = "s"u8.ToArray();
    public static readonly byte[] AfterStreams = "t"u8.ToArray();

    public static byte[] Stream(string name)
    {
        var key = new byte[1 + Encoding.UTF8.GetByteCount(name)];
        key[0] = (byte)'s';
        Encoding.UTF8.GetBytes(name, key.AsSpan(1));
        return key;
    }

    public static string StreamName(ReadOnlySpan<byte> key) => Encoding.UTF8.GetString(key[1..]);

    public static void Event(Span<byte> key, uint stream, long revision)
    {
        key[0] = (byte)'e';
        BinaryPrimitives.WriteUInt32BigEndian(key[1..], stream);
        BinaryPrimitives.WriteInt64BigEndian(key[5..], revision);
    }

    public static byte[] Event(uint stream, long revision)
    {
        var key = new byte[EventSize];
        Event(key, stream, revision);
        return key;
    }

    public static bool IsEventOf(ReadOnlySpan<byte> key, uint stream) =>
        key.Length == EventSize && key[0] == (byte)'e' && BinaryPrimitives.ReadUInt32BigEndian(key[1..]) == stream;

    public static long Revision(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadInt64BigEndian(key[5..]);

    public static byte[] Metadata(uint stream)
    {
        var key = new byte[MetadataSize];
        key[0] = (byte)'m';
        BinaryPrimitives.WriteUInt32BigEndian(key.AsSpan(1), stream);
        return key;
    }
}
