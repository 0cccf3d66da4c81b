using System.Buffers.Binary;

namespace Adclicks.Domain.Dedup;

/// <summary>
/// A run of remembered clicks as bytes: version, place of the first, log clock, then per click receive time, click time, the three
/// keys, and a byte of flags. Little-endian.
/// </summary>
internal static class ClickSegment
{
    private const byte Version = 2;
    private const byte Counted = 1, Repeated = 2;
    private const int HeaderBytes = 17, EntryBytes = 41;

    public static byte[] Write(ClickMemory memory, long from)
    {
        var bytes = new byte[HeaderBytes + ((int)(memory.Next - from) * EntryBytes)];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(1), from);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(9), memory.ClockMs);
        var to = bytes.AsSpan(HeaderBytes);
        for (var place = from; place < memory.Next; place++, to = to[EntryBytes..])
        {
            ref readonly var entry = ref memory[place];
            BinaryPrimitives.WriteInt64LittleEndian(to, entry.ServerMs);
            BinaryPrimitives.WriteInt64LittleEndian(to[8..], entry.ClickedMs);
            BinaryPrimitives.WriteUInt64LittleEndian(to[16..], entry.Visitor);
            BinaryPrimitives.WriteUInt64LittleEndian(to[24..], entry.EventId);
            BinaryPrimitives.WriteUInt64LittleEndian(to[32..], entry.Address);
            to[40] = (byte)((entry.IsCounted ? Counted : 0) | (entry.IsRepeated ? Repeated : 0));
        }

        return bytes;
    }

    public static void Read(ClickMemory memory, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes || bytes[0] != Version || (bytes.Length - HeaderBytes) % EntryBytes != 0)
            throw new FormatException("Not a segment of remembered clicks.");
        var first = BinaryPrimitives.ReadInt64LittleEndian(bytes[1..]);
        if (memory.Next == memory.First) memory.StartAt(first);
        var clockMs = BinaryPrimitives.ReadInt64LittleEndian(bytes[9..]);
        if (memory.Next != first) throw new FormatException($"A segment begins at {first}, the one before ended at {memory.Next}.");
        for (var from = bytes[HeaderBytes..]; !from.IsEmpty; from = from[EntryBytes..])
        {
            memory.Add(new()
            {
                ServerMs = BinaryPrimitives.ReadInt64LittleEndian(from),
                ClickedMs = BinaryPrimitives.ReadInt64LittleEndian(from[8..]),
                Visitor = BinaryPrimitives.ReadUInt64LittleEndian(from[16..]),
                EventId = BinaryPrimitives.ReadUInt64LittleEndian(from[24..]),
                Address = BinaryPrimitives.ReadUInt64LittleEndian(from[32..]),
                IsCounted = (from[40] & Counted) != 0,
                IsRepeated = (from[40] & Repeated) != 0,
            });
        }

        // The click that set the clock need not be remembered any more.
        memory.Advance(clockMs);
    }
}
