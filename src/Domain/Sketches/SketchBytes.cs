using System.Buffers.Binary;

namespace Adclicks.Domain.Sketches;

/// <summary>
/// The sketch of one row as a block keeps it: while the hashes are few, just these, big-endian and in the order of the
/// storage format; else all of the storage format.
/// </summary>
/// <param name="Bytes">Hashes of 8 bytes, or postgresql-hll's storage format v1.0.</param>
/// <param name="IsFormat">The latter.</param>
public readonly record struct SketchBytes(ReadOnlyMemory<byte> Bytes, bool IsFormat)
{
    /// <summary>postgresql-hll's storage format v1.0.</summary>
    public byte[] ToFormat() => ToFormat(Bytes.Span, IsFormat);

    /// <inheritdoc cref="ToFormat()"/>
    public static byte[] ToFormat(ReadOnlySpan<byte> bytes, bool isFormat) => isFormat ? bytes.ToArray() : HyperLogLogFormat.OfHashes(bytes);

    /// <summary>Adds the sketch to another.</summary>
    public static void AddTo(HyperLogLog sketch, ReadOnlySpan<byte> bytes, bool isFormat)
    {
        if (isFormat)
        {
            sketch.Union(bytes);
            return;
        }

        for (; !bytes.IsEmpty; bytes = bytes[sizeof(ulong)..]) sketch.Add(BinaryPrimitives.ReadUInt64BigEndian(bytes));
    }

    /// <summary>Whether both are of the same hashes, as far as a sketch knows.</summary>
    public bool IsLike(SketchBytes other) => IsFormat == other.IsFormat && Bytes.Span.SequenceEqual(other.Bytes.Span);
}
