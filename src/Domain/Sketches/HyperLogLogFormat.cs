using System.Buffers.Binary;
using System.Runtime.Intrinsics.X86;

namespace Adclicks.Domain.Sketches;

/// <summary>
/// postgresql-hll's storage format v1.0: a byte of version and type, two of parameters, then nothing (empty), the hashes
/// (explicit), the set registers with their indices (sparse) or all registers (full), whichever of the two is shorter.
/// </summary>
internal static class HyperLogLogFormat
{
    private const byte Version = 1 << 4;
    private const byte Empty = Version | 1, Explicit = Version | 2, Sparse = Version | 3, Full = Version | 4;
    private const byte Widths = ((HyperLogLog.RegisterBits - 1) << 5) | HyperLogLog.Log2Registers;
    private const byte SparseOnAutoExplicit = 0x40 | 0x3F;
    private const int HeaderBytes = 3;
    private const int SparseBits = HyperLogLog.Log2Registers + HyperLogLog.RegisterBits;

    public const int OneBytes = HeaderBytes + sizeof(ulong);

    public const int MaxBytes = HeaderBytes + (HyperLogLog.Registers * HyperLogLog.RegisterBits / 8);

    /// <summary>The format of a few sorted hashes.</summary>
    public static byte[] OfHashes(ReadOnlySpan<byte> hashes)
    {
        var bytes = Start(hashes.IsEmpty ? Empty : Explicit, hashes.Length);
        hashes.CopyTo(bytes.AsSpan(HeaderBytes));
        return bytes;
    }

    public static int WriteOne(ulong hash, Span<byte> destination)
    {
        destination[0] = Explicit;
        destination[1] = Widths;
        destination[2] = SparseOnAutoExplicit;
        BinaryPrimitives.WriteUInt64BigEndian(destination[HeaderBytes..], hash);
        return OneBytes;
    }

    public static byte[] Write(HyperLogLog sketch)
    {
        if (sketch.Dense is not { } registers) return WriteExplicit(sketch.Explicit);
        var set = HyperLogLog.Registers - registers.AsSpan().Count((byte)0);
        return set * SparseBits < HyperLogLog.Registers * HyperLogLog.RegisterBits ? WriteSparse(registers, set) : WriteFull(registers);
    }

    public static HyperLogLog Read(ReadOnlySpan<byte> bytes)
    {
        byte[] registers = !bytes.IsEmpty && bytes[0] is Sparse or Full ? new byte[HyperLogLog.Registers] : [];
        if (TryReadRegisters(bytes, registers)) return HyperLogLog.OfRegisters(registers);
        return bytes[0] switch
        {
            Empty => HyperLogLog.Create(),
            Explicit => ReadExplicit(bytes[HeaderBytes..]),
            _ => throw new FormatException($"Not a sketch: type {bytes[0]:x2} of {bytes.Length} bytes."),
        };
    }

    /// <summary>The registers of a sketch that has no hashes any more; false of one that has.</summary>
    /// <param name="bytes">The format.</param>
    /// <param name="registers">Zeros.</param>
    public static bool TryReadRegisters(ReadOnlySpan<byte> bytes, Span<byte> registers)
    {
        if (bytes.Length < HeaderBytes || bytes[1] != Widths || bytes[2] != SparseOnAutoExplicit)
            throw new FormatException("Not a sketch of the parameters used here.");
        if (bytes[0] == Sparse) ReadSparse(bytes[HeaderBytes..], registers);
        else if (bytes[0] == Full && bytes.Length == MaxBytes) ReadFull(bytes[HeaderBytes..], registers);
        else return false;
        return true;
    }

    private static byte[] Start(byte type, int bodyBytes)
    {
        var bytes = new byte[HeaderBytes + bodyBytes];
        bytes[0] = type;
        bytes[1] = Widths;
        bytes[2] = SparseOnAutoExplicit;
        return bytes;
    }

    private static byte[] WriteExplicit(ReadOnlySpan<ulong> hashes)
    {
        var bytes = Start(hashes.IsEmpty ? Empty : Explicit, hashes.Length * sizeof(ulong));
        for (var i = 0; i < hashes.Length; i++)
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(HeaderBytes + (i * sizeof(ulong))), hashes[i]);
        return bytes;
    }

    private static HyperLogLog ReadExplicit(ReadOnlySpan<byte> body)
    {
        var sketch = HyperLogLog.Create();
        if (body.Length % sizeof(ulong) != 0 || body.Length / sizeof(ulong) > HyperLogLog.MaxExplicit) throw new FormatException("Explicit sketch of a wrong length.");
        for (; !body.IsEmpty; body = body[sizeof(ulong)..]) sketch.Add(BinaryPrimitives.ReadUInt64BigEndian(body));
        return sketch;
    }

    private static byte[] WriteSparse(byte[] registers, int set)
    {
        var bytes = Start(Sparse, ((set * SparseBits) + 7) / 8);
        var (at, bits, have) = (HeaderBytes, 0UL, 0);
        for (var i = 0; i < registers.Length; i++)
        {
            if (registers[i] == 0) continue;
            bits = (bits << SparseBits) | ((uint)i << HyperLogLog.RegisterBits) | registers[i];
            for (have += SparseBits; have >= 8; have -= 8) bytes[at++] = (byte)(bits >> (have - 8));
        }

        if (have > 0) bytes[at] = (byte)(bits << (8 - have));
        return bytes;
    }

    private static void ReadSparse(ReadOnlySpan<byte> body, Span<byte> registers)
    {
        var (bits, have) = (0UL, 0);
        foreach (var more in body)
        {
            (bits, have) = ((bits << 8) | more, have + 8);
            if (have < SparseBits) continue;
            have -= SparseBits;
            var word = (int)(bits >> have) & ((1 << SparseBits) - 1);
            registers[word >> HyperLogLog.RegisterBits] = (byte)(word & ((1 << HyperLogLog.RegisterBits) - 1));
        }
    }

    /// <summary>Eight registers are five bytes.</summary>
    private static byte[] WriteFull(byte[] registers)
    {
        var bytes = Start(Full, HyperLogLog.Registers * HyperLogLog.RegisterBits / 8);
        for (int from = 0, at = HeaderBytes; from < registers.Length; from += 8, at += HyperLogLog.RegisterBits)
        {
            ulong word = 0;
            for (var i = 0; i < 8; i++) word = (word << HyperLogLog.RegisterBits) | registers[from + i];
            bytes[at] = (byte)(word >> 32);
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at + 1), (uint)word);
        }

        return bytes;
    }

    private static void ReadFull(ReadOnlySpan<byte> body, Span<byte> registers)
    {
        for (int to = 0, at = 0; to < registers.Length; to += 8, at += HyperLogLog.RegisterBits)
        {
            var word = ((ulong)body[at] << 32) | BinaryPrimitives.ReadUInt32BigEndian(body[(at + 1)..]);
            BinaryPrimitives.WriteUInt64BigEndian(registers[to..], Spread(word));
        }
    }

    /// <summary>Five bits after the other as a byte each.</summary>
    private static ulong Spread(ulong word)
    {
        if (Bmi2.X64.IsSupported) return Bmi2.X64.ParallelBitDeposit(word, 0x1F1F1F1F1F1F1F1F);
        ulong bytes = 0;
        for (var i = 0; i < 8; i++, word >>= HyperLogLog.RegisterBits) bytes |= (word & ((1 << HyperLogLog.RegisterBits) - 1)) << (8 * i);
        return bytes;
    }
}
