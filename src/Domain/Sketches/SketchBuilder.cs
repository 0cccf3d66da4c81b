using System.Buffers.Binary;

namespace Adclicks.Domain.Sketches;

/// <summary>
/// Gathers the hashes of one row after another without making an object of each. What it gives is a function of the set
/// of hashes, as with <see cref="HyperLogLog"/>.
/// </summary>
public sealed class SketchBuilder
{
    private readonly ulong[] _hashes = new ulong[HyperLogLog.MaxExplicit * 4];
    private int _count;
    private HyperLogLog? _many;

    /// <summary>The most bytes a row may take.</summary>
    public const int MaxBytes = HyperLogLogFormat.MaxBytes;

    /// <summary>Adds a hash to the row.</summary>
    public void Add(ulong hash)
    {
        if (_many is not null)
        {
            _many.Add(hash);
            return;
        }

        if (_count == _hashes.Length && !Compact())
        {
            _many!.Add(hash);
            return;
        }

        _hashes[_count++] = hash;
    }

    /// <summary>Adds a sketch to the row.</summary>
    public void Add(ReadOnlySpan<byte> bytes, bool isFormat)
    {
        if (isFormat)
        {
            if (_many is null) MakeMany(HyperLogLog.Create());
            SketchBytes.AddTo(_many!, bytes, isFormat);
            return;
        }

        for (; !bytes.IsEmpty; bytes = bytes[sizeof(ulong)..]) Add(BinaryPrimitives.ReadUInt64BigEndian(bytes));
    }

    /// <summary>Writes the row as <see cref="SketchBytes"/> has it and begins the next one.</summary>
    /// <param name="destination">At least <see cref="MaxBytes"/>, or the bytes of the hashes added.</param>
    /// <param name="isFormat">See <see cref="SketchBytes.IsFormat"/>.</param>
    /// <returns>The bytes written.</returns>
    public int Take(Span<byte> destination, out bool isFormat)
    {
        isFormat = false;
        if (_count > 1) Compact();
        if (_many is not null)
        {
            isFormat = true;
            var format = _many.ToBytes();
            format.CopyTo(destination);
            _many = null;
            return format.Length;
        }

        for (var i = 0; i < _count; i++) BinaryPrimitives.WriteUInt64BigEndian(destination[(i * sizeof(ulong))..], _hashes[i]);
        var length = _count * sizeof(ulong);
        _count = 0;
        return length;
    }

    /// <summary>Whether the hashes are few once each is there once; else they have gone over to a sketch.</summary>
    private bool Compact()
    {
        var signed = System.Runtime.InteropServices.MemoryMarshal.Cast<ulong, long>(_hashes.AsSpan(0, _count));
        signed.Sort();
        var kept = 1;
        for (var i = 1; i < signed.Length; i++)
        {
            if (signed[i] != signed[kept - 1]) signed[kept++] = signed[i];
        }

        _count = kept;
        if (kept <= HyperLogLog.MaxExplicit) return true;
        MakeMany(HyperLogLog.OfRegisters(new byte[HyperLogLog.Registers]));
        return false;
    }

    private void MakeMany(HyperLogLog sketch)
    {
        _many = sketch;
        foreach (var hash in _hashes.AsSpan(0, _count)) _many.Add(hash);
        _count = 0;
    }
}
