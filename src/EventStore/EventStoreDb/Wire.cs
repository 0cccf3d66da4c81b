using System.Buffers.Binary;
using System.Globalization;
using Adclicks.EventStore.EventStoreDb.Protos;
using Google.Protobuf;

namespace Adclicks.EventStore.EventStoreDb;

/// <summary>Our types to the protocol's and back. Payloads are not copied, neither way.</summary>
internal static class Wire
{
    private const string Type = "type";
    private const string ContentType = "content-type";
    private const string Created = "created";
    private const string Json = "application/json";
    private const string Binary = "application/octet-stream";

    public static StreamIdentifier Stream(string name) => new() { StreamName = ByteString.CopyFromUtf8(name) };

    public static Uuid Id(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return new Uuid
        {
            Structured = new Uuid.Types.Bits
            {
                MostSignificant = BinaryPrimitives.ReadInt64BigEndian(bytes),
                LeastSignificant = BinaryPrimitives.ReadInt64BigEndian(bytes[8..]),
            },
        };
    }

    public static Guid Id(Uuid id)
    {
        if (id.ValueCase == Uuid.ValueOneofCase.String)
            return Guid.Parse(id.String);
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, id.Structured.MostSignificant);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], id.Structured.LeastSignificant);
        return new Guid(bytes, bigEndian: true);
    }

    public static ProposedMessage Proposed(EventData data) => new()
    {
        Id = Id(data.Id),
        Metadata = { [Type] = data.Type, [ContentType] = data.IsJson ? Json : Binary },
        Data = UnsafeByteOperations.UnsafeWrap(data.Data),
        CustomMetadata = UnsafeByteOperations.UnsafeWrap(data.Metadata),
    };

    public static RecordedEvent Recorded(string stream, RecordedMessage message) => new(
        stream,
        (long)message.StreamRevision,
        Id(message.Id),
        message.Metadata.TryGetValue(Type, out var type) ? type : "",
        message.Data.Memory,
        message.CustomMetadata.Memory,
        CreatedAt(message));

    private static DateTimeOffset CreatedAt(RecordedMessage message) =>
        message.Metadata.TryGetValue(Created, out var text)
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            ? DateTimeOffset.UnixEpoch.AddTicks(ticks)
            : DateTimeOffset.UnixEpoch;
}
