namespace Adclicks.Projections.Leases;

/// <summary>The right to write one lane, as long as nobody has raised the epoch.</summary>
internal readonly record struct Lease(int Generation, int Lane, long Epoch);

/// <summary>What a lane learns when it renews its lease.</summary>
/// <param name="HoldAt">Events logged after this are to be kept back; null for none.</param>
internal readonly record struct LeaseNews(DateTimeOffset? HoldAt);
