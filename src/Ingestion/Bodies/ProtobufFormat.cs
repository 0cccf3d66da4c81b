namespace Adclicks.Ingestion.Bodies;

/// <summary>A <c>ClickEvents</c> of <c>click_events.proto</c>, taken apart field by field: a message would be read whole before it could be refused.</summary>
internal sealed class ProtobufFormat : BatchFormat
{
    private const uint Varint = 0, EightBytes = 1, Delimited = 2, FourBytes = 5;
    private const uint ClicksTag = (1 << 3) | Delimited;

    public override string Expected => "a ClickEvents message (/track/click_events.proto)";

    public override int Read(ReadOnlySpan<byte> bytes, bool isLast, BatchLimits limits)
    {
        var rest = bytes;
        while (!rest.IsEmpty && Clicks.Count <= limits.MaxClicks)
        {
            var field = rest;
            if (!TryVarint(ref field, out var tag) || !TryTake(ref field, tag, limits, out var content))
            {
                if (isLast) throw new FormatException("The message ends within a field.");
                break;
            }

            if (tag == ClicksTag) Clicks.Add(ClickProtobuf.Read(content));
            rest = field;
        }

        return bytes.Length - rest.Length;
    }

    /// <summary>The content of a field; fields that we do not know are read over.</summary>
    private static bool TryTake(ref ReadOnlySpan<byte> rest, ulong tag, BatchLimits limits, out ReadOnlySpan<byte> content)
    {
        content = default;
        ulong length = 0;
        switch ((uint)tag & 7)
        {
            case Varint: return TryVarint(ref rest, out _);
            case Delimited:
                if (!TryVarint(ref rest, out length)) return false;
                break;
            case EightBytes: length = 8; break;
            case FourBytes: length = 4; break;
            default: throw new FormatException("There is no such type of field.");
        }

        limits.CheckClick((long)Math.Min(length, int.MaxValue));
        if (length > (ulong)rest.Length) return false;
        content = rest[..(int)length];
        rest = rest[(int)length..];
        return true;
    }

    private static bool TryVarint(ref ReadOnlySpan<byte> rest, out ulong value)
    {
        value = 0;
        for (var i = 0; i < rest.Length; i++)
        {
            if (i == 10) throw new FormatException("A number has more than ten bytes.");
            value |= (ulong)(rest[i] & 0x7F) << (7 * i);
            if (rest[i] > 0x7F) continue;
            rest = rest[(i + 1)..];
            return true;
        }

        return false;
    }
}
