using System.Numerics;
using System.Runtime.InteropServices;

namespace Adclicks.Domain.Sketches;

/// <summary>
/// A HyperLogLog of 64-bit hashes, as postgresql-hll has it with log2m 12, regwidth 5, expthresh auto, sparse on: up to
/// 320 hashes are kept as they are, more become 4,096 registers of 5 bits. Its bytes are a function of the set of hashes
/// alone. Standard error 1.6%. Not safe for several threads.
/// </summary>
public sealed class HyperLogLog
{
    internal const int Log2Registers = 12;
    internal const int RegisterBits = 5;
    internal const int Registers = 1 << Log2Registers;

    /// <summary>postgresql-hll's automatic threshold: as many as fit into the bytes of the full registers.</summary>
    internal const int MaxExplicit = Registers * RegisterBits / 8 / sizeof(ulong);

    private const int MaxRegister = (1 << RegisterBits) - 1;

    private ulong[] _explicit = [];
    private int _count;
    private byte[]? _registers;

    private HyperLogLog()
    {
    }

    /// <summary>The sorted hashes, while they are few.</summary>
    internal ReadOnlySpan<ulong> Explicit => _explicit.AsSpan(0, _count);

    /// <summary>One byte per register; null while the hashes are few.</summary>
    internal byte[]? Dense => _registers;

    /// <summary>The bytes of a sketch of one hash.</summary>
    public const int OneBytes = HyperLogLogFormat.OneBytes;

    /// <summary>A new one of nothing.</summary>
    public static HyperLogLog Create() => new();

    /// <summary>Reads postgresql-hll's storage format v1.0.</summary>
    /// <exception cref="FormatException">The bytes are not that, or of other parameters.</exception>
    public static HyperLogLog FromBytes(ReadOnlySpan<byte> bytes) => HyperLogLogFormat.Read(bytes);

    /// <summary>Adds a hash.</summary>
    public void Add(ulong hash)
    {
        if (_registers is not null)
        {
            AddToRegister(hash);
            return;
        }

        // Sorted as signed numbers, as the format has it.
        var at = Explicit.BinarySearch(new SignedOrder(hash));
        if (at >= 0) return;
        if (_count == MaxExplicit)
        {
            MakeDense();
            AddToRegister(hash);
            return;
        }

        Insert(~at, hash);
    }

    /// <summary>Adds all that another has.</summary>
    public void Union(HyperLogLog other)
    {
        if (other._registers is not { } theirs)
        {
            foreach (var hash in other.Explicit) Add(hash);
            return;
        }

        UnionRegisters(theirs);
    }

    /// <summary>Adds all that a sketch in the storage format has, without making one of it.</summary>
    /// <exception cref="FormatException">The bytes are not that, or of other parameters.</exception>
    public void Union(ReadOnlySpan<byte> bytes)
    {
        Span<byte> theirs = stackalloc byte[Registers];
        theirs.Clear();
        if (HyperLogLogFormat.TryReadRegisters(bytes, theirs)) UnionRegisters(theirs);
        else Union(FromBytes(bytes));
    }

    /// <summary>The estimated number of different hashes; exact up to 320.</summary>
    public double Cardinality() => _registers is null ? _count : HyperLogLogEstimate.Of(_registers);

    /// <summary>postgresql-hll's storage format v1.0.</summary>
    public byte[] ToBytes() => HyperLogLogFormat.Write(this);

    /// <summary>What <see cref="ToBytes"/> gives for a sketch of one hash, without making one.</summary>
    public static byte[] OneToBytes(ulong hash)
    {
        var bytes = new byte[OneBytes];
        WriteOne(hash, bytes);
        return bytes;
    }

    /// <summary>Writes <see cref="OneToBytes"/> and returns its length.</summary>
    public static int WriteOne(ulong hash, Span<byte> destination) => HyperLogLogFormat.WriteOne(hash, destination);

    internal static HyperLogLog OfRegisters(byte[] registers) => new() { _registers = registers };

    private void UnionRegisters(ReadOnlySpan<byte> theirs)
    {
        if (_registers is null) MakeDense();
        var mine = MemoryMarshal.Cast<byte, Vector<byte>>(_registers.AsSpan());
        var more = MemoryMarshal.Cast<byte, Vector<byte>>(theirs);
        for (var i = 0; i < mine.Length; i++) mine[i] = Vector.Max(mine[i], more[i]);
    }

    private void Insert(int at, ulong hash)
    {
        if (_count == _explicit.Length) Array.Resize(ref _explicit, Math.Min(MaxExplicit, Math.Max(2, _count * 2)));
        _explicit.AsSpan(at, _count - at).CopyTo(_explicit.AsSpan(at + 1));
        _explicit[at] = hash;
        _count++;
    }

    private void MakeDense()
    {
        _registers = new byte[Registers];
        foreach (var hash in Explicit) AddToRegister(hash);
        _explicit = [];
        _count = 0;
    }

    private void AddToRegister(ulong hash)
    {
        var rest = hash >> Log2Registers;
        var rank = rest == 0 ? 0 : Math.Min(BitOperations.TrailingZeroCount(rest) + 1, MaxRegister);
        SetRegister((int)(hash & (Registers - 1)), (byte)rank);
    }

    private void SetRegister(int index, byte rank)
    {
        if (_registers![index] < rank) _registers[index] = rank;
    }

    private readonly struct SignedOrder(ulong hash) : IComparable<ulong>
    {
        public int CompareTo(ulong other) => ((long)hash).CompareTo((long)other);
    }
}
