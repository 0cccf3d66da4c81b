using System.Text;

namespace Adclicks.Domain.Clicks;

/// <summary>
/// Writes Protobuf's wire format (varints and length-delimited fields) without message objects, into a span that has room
/// for all of it.
/// </summary>
internal ref struct WireWriter(Span<byte> output)
{
    /// <summary>The most that a field takes beside its contents: tag and length, or tag and number.</summary>
    public const int MaxFieldOverhead = 2 * MaxVarintBytes;

    /// <summary>The most bytes of a character (a UTF-16 unit) in UTF-8.</summary>
    public const int MaxCharBytes = 3;

    private const int Varint = 0;
    private const int LengthDelimited = 2;
    private const int MaxVarintBytes = 10;
    private const int MaxOneByteLength = 0x7F;
    private readonly Span<byte> _output = output;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

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
        if (text.Length * MaxCharBytes > MaxOneByteLength)
        {
            LengthPrefix(field, Encoding.UTF8.GetByteCount(text));
            Length += Encoding.UTF8.GetBytes(text, _output[Length..]);
            return;
        }

        // Short enough for a length of one byte, whatever it is: no need to count first.
        RawVarint(((uint)field << 3) | LengthDelimited);
        var bytes = Encoding.UTF8.GetBytes(text, _output[(Length + 1)..]);
        _output[Length] = (byte)bytes;
        Length += 1 + bytes;
    }

    public void Bytes(ClickField field, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        LengthPrefix(field, bytes.Length);
        bytes.CopyTo(_output[Length..]);
        Length += bytes.Length;
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

    private void RawVarint(ulong value)
    {
        while (value >= 0x80)
        {
            _output[Length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _output[Length++] = (byte)value;
    }
}
