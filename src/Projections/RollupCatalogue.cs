using Adclicks.Domain.Rollups;

namespace Adclicks.Projections;

/// <summary>The cuboids that a new generation is made with; <see cref="Cuboids.All"/> unless a test or a measurement says otherwise.</summary>
public sealed record RollupCatalogue(IReadOnlyList<Cuboid> Cuboids);
