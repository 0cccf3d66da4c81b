using System.Buffers.Binary;

namespace Adclicks.Domain.Dedup;

/// <summary>
/// A run of remembered clicks as bytes: version, place of the first, then per click receive time, click time with a bit
/// for counted, and the two keys. Little-endian.
/// </summary>
internal static class ClickSegment
{
    private const byte Version = 1;
    private const int HeaderBytes = 9, EntryBytes = 33;

    public static byte[] Write(ClickMemory memory, long from)
    {
        var bytes = new byte[HeaderBytes + ((int)(memory.Next - from) * EntryBytes)];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(1), from);
        var to = bytes.AsSpan(HeaderBytes);
        for (var place = from; place < memory.Next; place++, to = to[EntryBytes..])
        {
            ref readonly var entry = ref memory[place];
            BinaryPrimitives.WriteInt64LittleEndian(to, entry.ServerMs);
            BinaryPrimitives.WriteInt64LittleEndian(to[8..], entry.ClickedMs);
            BinaryPrimitives.WriteUInt64LittleEndian(to[16..], entry.Visitor);
            BinaryPrimitives.WriteUInt64LittleEndian(to[24..], entry.EventId);
            to[32] = entry.IsCounted ? (byte)1 : (byte)0;
        }

        return bytes;
    }

    public static void Read(ClickMemory memory, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes || bytes[0] != Version || (bytes.Length - HeaderBytes) % EntryBytes != 0)
            throw new FormatException("Not a segment of remembered clicks.");
        var first = BinaryPrimitives.ReadInt64LittleEndian(bytes[1..]);
        if (memory.Next == memory.First) memory.StartAt(first);
        if (memory.Next != first) throw new FormatException($"A segment begins at {first}, the one before ended at {memory.Next}.");
        for (var from = bytes[HeaderBytes..]; !from.IsEmpty; from = from[EntryBytes..])
        {
            memory.Add(new()
            {
                ServerMs = BinaryPrimitives.ReadInt64LittleEndian(from),
                ClickedMs = BinaryPrimitives.ReadInt64LittleEndian(from[8..]),
                Visitor = BinaryPrimitives.ReadUInt64LittleEndian(from[16..]),
                EventId = BinaryPrimitives.ReadUInt64LittleEndian(from[24..]),
                IsCounted = from[32] != 0,
            });
        }
    }
}
