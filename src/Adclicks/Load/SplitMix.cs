namespace Adclicks.Load;

/// <summary>The generator of Steele, Lea and Flood (2014): a small state, and so one for every number.</summary>
internal struct SplitMix(ulong seed)
{
    private ulong _state = seed * 0xD1342543DE82EF95;

    /// <summary>The next number, from 0 to below 1.</summary>
    public double Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>The next number, from 0 to below <paramref name="count"/>.</summary>
    public int Next(int count) => (int)(Next() * count);
}
