using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Adclicks.Domain.Rollups;

/// <summary>
/// Numbers of one column of a block: a byte with the width (0, 1, 2, 4 or 8), the least of them (8 bytes), and what each
/// is beyond it, in that width. Little-endian. Width 0: all are the same.
/// </summary>
public static class NumberColumn
{
    private const int HeaderBytes = 9;

    /// <summary>Room that is enough for any numbers.</summary>
    public static int MaxBytes(int count) => HeaderBytes + (count * sizeof(long));

    /// <summary>Writes numbers and returns how many bytes they took.</summary>
    /// <param name="values">Up to 2^63 apart.</param>
    /// <param name="destination">At least <see cref="MaxBytes"/>.</param>
    public static int Pack(ReadOnlySpan<long> values, Span<byte> destination)
    {
        var (least, most) = values.IsEmpty ? (0, 0) : (values[0], values[0]);
        foreach (var value in values)
        {
            least = Math.Min(least, value);
            most = Math.Max(most, value);
        }

        var range = (ulong)(most - least);
        var width = range switch { 0 => 0, <= byte.MaxValue => 1, <= ushort.MaxValue => 2, <= uint.MaxValue => 4, _ => 8 };
        destination[0] = (byte)width;
        BinaryPrimitives.WriteInt64LittleEndian(destination[1..], least);
        var body = destination.Slice(HeaderBytes, values.Length * width);
        if (width == 1) Put(values, least, body);
        else if (width == 2) Put(values, least, MemoryMarshal.Cast<byte, ushort>(body));
        else if (width == 4) Put(values, least, MemoryMarshal.Cast<byte, uint>(body));
        else if (width == 8) Put(values, least, MemoryMarshal.Cast<byte, ulong>(body));
        return HeaderBytes + body.Length;
    }

    /// <summary>The same, into bytes of its own.</summary>
    public static byte[] Pack(ReadOnlySpan<long> values)
    {
        var space = new byte[MaxBytes(values.Length)];
        return space[..Pack(values, space)];
    }

    /// <summary>Reads as many numbers as there is room for; those that do not fit <typeparamref name="T"/> are cut.</summary>
    /// <exception cref="FormatException">The bytes are not that many numbers.</exception>
    public static void Unpack<T>(ReadOnlySpan<byte> packed, Span<T> values) where T : struct, IBinaryInteger<T>
    {
        if (packed.Length < HeaderBytes || packed.Length != HeaderBytes + (values.Length * packed[0]))
            throw new FormatException($"Not a column of {values.Length} numbers.");
        var least = BinaryPrimitives.ReadInt64LittleEndian(packed[1..]);
        var body = packed[HeaderBytes..];
        switch (packed[0])
        {
            case 0: values.Fill(T.CreateTruncating(least)); break;
            case 1: Get(body, least, values); break;
            case 2: Get(MemoryMarshal.Cast<byte, ushort>(body), least, values); break;
            case 4: Get(MemoryMarshal.Cast<byte, uint>(body), least, values); break;
            case 8: Get(MemoryMarshal.Cast<byte, ulong>(body), least, values); break;
            default: throw new FormatException($"Not a width: {packed[0]}.");
        }
    }

    private static void Put<T>(ReadOnlySpan<long> values, long least, Span<T> body) where T : struct, IBinaryInteger<T>
    {
        for (var i = 0; i < values.Length; i++) body[i] = T.CreateTruncating(values[i] - least);
    }

    private static void Get<TFrom, T>(ReadOnlySpan<TFrom> body, long least, Span<T> values)
        where TFrom : struct, IBinaryInteger<TFrom>
        where T : struct, IBinaryInteger<T>
    {
        var from = T.CreateTruncating(least);
        for (var i = 0; i < values.Length; i++) values[i] = from + T.CreateTruncating(body[i]);
    }
}
