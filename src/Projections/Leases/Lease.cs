namespace Adclicks.Projections.Leases;

/// <summary>The right to write one lane, as long as nobody has raised the epoch.</summary>
internal readonly record struct Lease(int Generation, int Lane, long Epoch);
