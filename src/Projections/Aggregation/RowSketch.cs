using Adclicks.Domain.Sketches;

namespace Adclicks.Projections.Aggregation;

/// <summary>
/// The hashes behind a rollup row. Most rows have one; only the others pay for a <see cref="HyperLogLog"/>.
/// </summary>
internal struct RowSketch
{
    /// <summary>Room for a sketch of one hash.</summary>
    public const int OneBytes = HyperLogLog.OneBytes;

    private static readonly byte[] Nothing = HyperLogLog.Create().ToBytes();
    private HyperLogLog? _many;
    private ulong _only;
    private bool _hasOne;

    public void Add(ulong hash)
    {
        if (_many is not null)
        {
            _many.Add(hash);
        }
        else if (!_hasOne)
        {
            _only = hash;
            _hasOne = true;
        }
        else if (_only != hash)
        {
            _many = HyperLogLog.Create();
            _many.Add(_only);
            _many.Add(hash);
        }
    }

    /// <summary>Adds what a stored row has.</summary>
    public void Merge(ReadOnlySpan<byte> stored)
    {
        var merged = HyperLogLog.FromBytes(stored);
        if (_many is not null) merged.Union(_many);
        else if (_hasOne) merged.Add(_only);
        _many = merged;
    }

    /// <summary>The storage format of postgresql-hll.</summary>
    public readonly byte[] ToBytes() => _many?.ToBytes() ?? (_hasOne ? HyperLogLog.OneToBytes(_only) : Nothing);

    /// <summary>The same, written to <paramref name="space"/> where it has the room.</summary>
    public readonly ReadOnlySpan<byte> ToBytes(Span<byte> space)
    {
        if (_many is not null || !_hasOne) return ToBytes();
        return space[..HyperLogLog.WriteOne(_only, space)];
    }
}
