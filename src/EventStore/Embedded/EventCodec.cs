using System.Buffers.Binary;
using System.Text;

namespace Adclicks.EventStore.Embedded;

/// <summary>
/// The value of an event: format (1 byte, 1), id (16, big-endian), created (8, Unix milliseconds), length of the type
/// (2) and the type in UTF-8, length of the metadata (4) and the metadata, and the data to the end. Numbers are
/// little-endian.
/// </summary>
internal static class EventCodec
{
    private const byte Format = 1;
    private const int IdAt = 1;
    private const int CreatedAt = 17;
    private const int TypeLengthAt = 25;
    private const int TypeAt = 27;

    public static int Size(EventData e) =>
        TypeAt + Encoding.UTF8.GetByteCount(e.Type) + sizeof(int) + e.Metadata.Length + e.Data.Length;

    public static void Write(EventData e, long createdMs, Span<byte> value)
    {
        value[0] = Format;
        e.Id.TryWriteBytes(value[IdAt..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(value[CreatedAt..], createdMs);
        var typeLength = Encoding.UTF8.GetBytes(e.Type, value[TypeAt..]);
        BinaryPrimitives.WriteUInt16LittleEndian(value[TypeLengthAt..], (ushort)typeLength);
        var rest = value[(TypeAt + typeLength)..];
        BinaryPrimitives.WriteInt32LittleEndian(rest, e.Metadata.Length);
        e.Metadata.Span.CopyTo(rest[sizeof(int)..]);
        e.Data.Span.CopyTo(rest[(sizeof(int) + e.Metadata.Length)..]);
    }

    public static Guid Id(ReadOnlySpan<byte> value) => new(value.Slice(IdAt, 16), bigEndian: true);

    public static long CreatedMs(ReadOnlySpan<byte> value) => BinaryPrimitives.ReadInt64LittleEndian(value[CreatedAt..]);

    /// <summary>The event of a value that the caller gives away: its data and metadata are slices of it.</summary>
    /// <exception cref="InvalidDataException">The value is not of a format known here.</exception>
    public static RecordedEvent Read(string stream, long revision, byte[] value)
    {
        if (value.Length < TypeAt || value[0] != Format)
            throw new InvalidDataException($"Event {revision} of stream {stream} is stored in an unknown format.");
        var typeLength = BinaryPrimitives.ReadUInt16LittleEndian(value.AsSpan(TypeLengthAt));
        var metadataLengthAt = TypeAt + typeLength;
        var metadataLength = BinaryPrimitives.ReadInt32LittleEndian(value.AsSpan(metadataLengthAt));
        var metadataAt = metadataLengthAt + sizeof(int);
        return new RecordedEvent(
            stream,
            revision,
            Id(value),
            TypeName(value.AsSpan(TypeAt, typeLength)),
            value.AsMemory(metadataAt + metadataLength),
            value.AsMemory(metadataAt, metadataLength),
            DateTimeOffset.FromUnixTimeMilliseconds(CreatedMs(value)));
    }

    /// <summary>The one type that most events have is not decoded anew each time.</summary>
    private static string TypeName(ReadOnlySpan<byte> utf8) =>
        utf8.SequenceEqual("clicks-recorded"u8) ? Domain.Clicks.ClicksRecorded.EventType : Encoding.UTF8.GetString(utf8);
}
