using System.Buffers.Binary;

namespace Adclicks.Domain.Sketches;

/// <summary>
/// Unites sketches to count what is different among them: the same number as <see cref="HyperLogLog"/> gives, without
/// keeping hashes in order.
/// </summary>
public sealed class SketchUnion
{
    private const int StartSlots = 8, Growth = 4;
    private ulong[] _slots = new ulong[StartSlots];
    private int _count;
    private bool _hasZero;
    private HyperLogLog? _many;

    /// <summary>Adds the sketch of a row.</summary>
    public void Add(ReadOnlySpan<byte> bytes, bool isFormat)
    {
        if (isFormat)
        {
            MakeMany();
            SketchBytes.AddTo(_many!, bytes, isFormat);
            return;
        }

        for (; !bytes.IsEmpty; bytes = bytes[sizeof(ulong)..]) Add(BinaryPrimitives.ReadUInt64BigEndian(bytes));
    }

    /// <summary>The estimated number of different hashes; exact up to 320.</summary>
    public double Cardinality() => _many?.Cardinality() ?? _count + (_hasZero ? 1 : 0);

    private void Add(ulong hash)
    {
        if (_many is not null)
        {
            _many.Add(hash);
        }
        else if (hash == 0)
        {
            _hasZero = true;
            if (_count + 1 > HyperLogLog.MaxExplicit) MakeMany();
        }
        else
        {
            Insert(hash);
        }
    }

    private void Insert(ulong hash)
    {
        var mask = _slots.Length - 1;
        var slot = Slot(hash, mask);
        for (; _slots[slot] != 0; slot = (slot + 1) & mask)
        {
            if (_slots[slot] == hash) return;
        }

        _slots[slot] = hash;
        if (++_count + (_hasZero ? 1 : 0) > HyperLogLog.MaxExplicit) MakeMany();
        else if (_count * 2 > _slots.Length) Grow();
    }

    private void Grow()
    {
        var old = _slots;
        _slots = new ulong[old.Length * Growth];
        var mask = _slots.Length - 1;
        foreach (var hash in old)
        {
            if (hash == 0) continue;
            var slot = Slot(hash, mask);
            while (_slots[slot] != 0) slot = (slot + 1) & mask;
            _slots[slot] = hash;
        }
    }

    /// <summary>Hashes beyond the few, or a sketch that has them no more.</summary>
    private void MakeMany()
    {
        if (_many is not null) return;
        _many = HyperLogLog.OfRegisters(new byte[HyperLogLog.Registers]);
        if (_hasZero) _many.Add(0);
        foreach (var hash in _slots)
        {
            if (hash != 0) _many.Add(hash);
        }

        _slots = [];
    }

    private static int Slot(ulong hash, int mask) => (int)(hash >> 20) & mask;
}
