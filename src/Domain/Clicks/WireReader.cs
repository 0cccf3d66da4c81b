namespace Adclicks.Domain.Clicks;

/// <summary>Reads Protobuf's wire format from a span. Every malformed input throws <see cref="FormatException"/>.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> input)
{
    private const int MaxVarintBytes = 10;
    private readonly ReadOnlySpan<byte> _input = input;
    private int _at;

    public readonly bool AtEnd => _at >= _input.Length;

    /// <summary>Reads a tag; <paramref name="wireType"/> tells how to read or skip what follows.</summary>
    public int Tag(out int wireType)
    {
        var tag = Varint();
        wireType = (int)(tag & 7);
        var field = tag >> 3;
        if (field is 0 or > 536_870_911) throw new FormatException($"Field number {field} is out of range.");
        return (int)field;
    }

    public ulong Varint()
    {
        var value = 0UL;
        for (var i = 0; i < MaxVarintBytes; i++)
        {
            if (_at >= _input.Length) throw new FormatException("The input ends within a number.");
            var next = _input[_at++];
            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next < 0x80) return value;
        }

        throw new FormatException("A number is longer than ten bytes.");
    }

    public ReadOnlySpan<byte> Bytes()
    {
        var length = Varint();
        if (length > (ulong)(_input.Length - _at)) throw new FormatException("A field is longer than the input.");
        var bytes = _input.Slice(_at, (int)length);
        _at += (int)length;
        return bytes;
    }

    public void Skip(int wireType)
    {
        switch (wireType)
        {
            case 0: Varint(); break;
            case 1: Advance(8); break;
            case 2: Bytes(); break;
            case 5: Advance(4); break;
            default: throw new FormatException($"Wire type {wireType} is not supported.");
        }
    }

    private void Advance(int count)
    {
        if (count > _input.Length - _at) throw new FormatException("A field is longer than the input.");
        _at += count;
    }
}
