using System.Runtime.CompilerServices;

namespace Adclicks.Projections.Aggregation;

/// <summary>What the rollups need of a judged click.</summary>
internal struct ClickFacts
{
    /// <summary>Minutes since the Unix epoch.</summary>
    public int Minute;
    public bool IsCounted, IsFraudulent;

    /// <summary>Murmur3 of the visitor's keyed hash.</summary>
    public ulong User;

    /// <summary>Murmur3 of the address' keyed hash; null where the address is not known.</summary>
    public ulong? Ip;

    /// <summary>By <see cref="Domain.Rollups.Dimension"/>, local numbers.</summary>
    public DimensionValues Values;
}

/// <summary>One number per dimension there is, and room for more.</summary>
[InlineArray(Length)]
internal struct DimensionValues
{
    public const int Length = Domain.Rollups.DimensionCatalogue.MaxEntries;
    private int _first;
}
