using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Adclicks.Domain.Clicks;
using Adclicks.EventStore;

namespace Adclicks.Ingestion.Writing.Spill;

/// <summary>
/// One event that waits for the log. On disk: length of the body (4 bytes, little endian), XxHash64 of the body (8), body.
/// The body is flags (1), time (8), event id (16), length and name of the stream (1 + n), length of metadata (4),
/// metadata, payload. What does not hash to its sum was never acknowledged.
/// </summary>
/// <param name="Stream">Where it belongs.</param>
/// <param name="Event">As it was, or would have been, appended: the id is what makes replay exactly once.</param>
/// <param name="PackedAtMs">When it was made: it is in no earlier part of the log.</param>
/// <param name="InDoubt">An append of it was tried, and may have been stored.</param>
internal sealed record SpillRecord(string Stream, EventData Event, long PackedAtMs, bool InDoubt)
{
    private const int HeaderBytes = 12;
    private const int FixedBytes = 1 + 8 + 16 + 1 + 4;

    public int Bytes => HeaderBytes + FixedBytes + Stream.Length + Event.Metadata.Length + Event.Data.Length;

    public void WriteTo(Span<byte> frame)
    {
        var body = frame[HeaderBytes..Bytes];
        body[0] = InDoubt ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64LittleEndian(body[1..], PackedAtMs);
        Event.Id.TryWriteBytes(body[9..]);
        body[25] = (byte)Stream.Length;
        Encoding.ASCII.GetBytes(Stream, body[26..]);
        var rest = body[(26 + Stream.Length)..];
        BinaryPrimitives.WriteInt32LittleEndian(rest, Event.Metadata.Length);
        Event.Metadata.Span.CopyTo(rest[4..]);
        Event.Data.Span.CopyTo(rest[(4 + Event.Metadata.Length)..]);
        BinaryPrimitives.WriteInt32LittleEndian(frame, body.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[4..], XxHash64.HashToUInt64(body));
    }

    /// <summary>The records of a file up to its end, or to the first that is not whole.</summary>
    /// <param name="file">Its bytes.</param>
    /// <param name="intactBytes">How far it is whole.</param>
    public static List<SpillRecord> ReadAll(ReadOnlyMemory<byte> file, out int intactBytes)
    {
        var records = new List<SpillRecord>();
        intactBytes = 0;
        while (TryRead(file[intactBytes..], out var record))
        {
            records.Add(record!);
            intactBytes += record!.Bytes;
        }

        return records;
    }

    private static bool TryRead(ReadOnlyMemory<byte> frames, out SpillRecord? record)
    {
        record = null;
        if (frames.Length < HeaderBytes + FixedBytes) return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(frames.Span);
        if (length < FixedBytes || length > frames.Length - HeaderBytes) return false;
        var body = frames.Slice(HeaderBytes, length);
        var span = body.Span;
        if (XxHash64.HashToUInt64(span) != BinaryPrimitives.ReadUInt64LittleEndian(frames.Span[4..])) return false;
        var at = 26 + span[25];
        var metadata = BinaryPrimitives.ReadInt32LittleEndian(span[at..]);
        record = new(
            Encoding.ASCII.GetString(span[26..at]),
            new EventData(new Guid(span.Slice(9, 16)), ClicksRecorded.EventType, body[(at + 4 + metadata)..], body.Slice(at + 4, metadata)),
            BinaryPrimitives.ReadInt64LittleEndian(span[1..]),
            span[0] != 0);
        return true;
    }
}
