namespace Adclicks.Projections.Leases;

/// <summary>The right to write one lane, as long as nobody has raised the epoch.</summary>
/// <param name="Generation">Its id.</param>
/// <param name="Lane">From 0.</param>
/// <param name="Epoch">Rises with every owner.</param>
/// <param name="TakesFrom">The lane is to begin with what it has in this generation; null where it has begun.</param>
internal readonly record struct Lease(int Generation, int Lane, long Epoch, int? TakesFrom = null);

/// <summary>What a lane learns when it renews its lease.</summary>
/// <param name="HoldAt">Events logged after this are to be kept back; null for none.</param>
internal readonly record struct LeaseNews(DateTimeOffset? HoldAt);
