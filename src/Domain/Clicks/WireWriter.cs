using System.Buffers;
using System.Text;

namespace Adclicks.Domain.Clicks;

/// <summary>Writes Protobuf's wire format (varints and length-delimited fields) without message objects.</summary>
internal readonly struct WireWriter(IBufferWriter<byte> output)
{
    private const int Varint = 0;
    private const int LengthDelimited = 2;
    private const int MaxVarintBytes = 10;

    public static int VarintSize(ulong value) => (70 - System.Numerics.BitOperations.LeadingZeroCount(value | 1)) / 7;

    public static int TagSize(ClickField field) => VarintSize((uint)field << 3);

    public static int TextSize(ClickField field, string text)
    {
        if (text.Length == 0) return 0;
        var bytes = Encoding.UTF8.GetByteCount(text);
        return TagSize(field) + VarintSize((uint)bytes) + bytes;
    }

    public void Text(ClickField field, string text)
    {
        if (text.Length == 0) return;
        var bytes = Encoding.UTF8.GetByteCount(text);
        LengthPrefix(field, bytes);
        Encoding.UTF8.GetBytes(text, output.GetSpan(bytes));
        output.Advance(bytes);
    }

    public void Bytes(ClickField field, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        LengthPrefix(field, bytes.Length);
        output.Write(bytes);
    }

    public void Number(ClickField field, long value)
    {
        if (value == 0) return;
        NumberOrZero(field, value);
    }

    /// <summary>Writes a zero too: for fields whose absence means something else.</summary>
    public void NumberOrZero(ClickField field, long value)
    {
        RawVarint(((uint)field << 3) | Varint);
        RawVarint((ulong)value);
    }

    public void LengthPrefix(ClickField field, int length)
    {
        RawVarint(((uint)field << 3) | LengthDelimited);
        RawVarint((uint)length);
    }

    public void RawVarint(ulong value)
    {
        var span = output.GetSpan(MaxVarintBytes);
        var at = 0;
        while (value >= 0x80)
        {
            span[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[at++] = (byte)value;
        output.Advance(at);
    }
}
