using Adclicks.Domain.Sketches;

namespace Adclicks.Projections.Aggregation;

/// <summary>
/// The hashes behind a rollup row. Most rows have one; only the others pay for a <see cref="HyperLogLog"/>.
/// </summary>
internal struct RowSketch
{
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
    public readonly byte[] ToBytes()
    {
        if (_many is not null) return _many.ToBytes();
        var sketch = HyperLogLog.Create();
        if (_hasOne) sketch.Add(_only);
        return sketch.ToBytes();
    }
}
