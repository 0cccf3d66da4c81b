using System.Data;
using Npgsql;

namespace Adclicks.Projections.Generations;

/// <summary>
/// Meets two generations at the same revisions: at once where nothing arrives, else by holding both back for a moment at
/// a time a little ahead.
/// </summary>
internal sealed class Levelling(GenerationStore store, NpgsqlDataSource dataSource, ProjectionsOptions options, TimeProvider time)
{
    private const int Tries = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5), Poll = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Every commit of a lane updates its lease first: while these rows are locked, none of two generations moves on, so
    /// that what is level then stays so. A snapshot alone would be of a moment that is over.
    /// </summary>
    private const string StopLanes = "SELECT FROM adclicks.leases WHERE generation = ANY($1) ORDER BY generation, lane FOR UPDATE";

    /// <summary>Does something while both are level; false where they do not come to be.</summary>
    /// <param name="first">One generation.</param>
    /// <param name="second">The other.</param>
    /// <param name="whileHeld">Done while no lane of either can commit; keep it short. Null where nothing is, and then they need not be held.</param>
    /// <param name="afterwards">Done in the same snapshot when both go on.</param>
    /// <param name="cancellationToken">Ends it; neither stays held.</param>
    public async Task<bool> MeetAsync(
        Generation first, Generation second, Func<Task>? whileHeld, Func<NpgsqlConnection, Task>? afterwards, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var isHeld = false;
        try
        {
            // One that stands still is not going to be where the other is, unless it is there.
            var tries = first.State == Generation.Retired || second.State == Generation.Retired ? 0 : Tries;
            for (var attempt = whileHeld is null ? 0 : 1; attempt <= tries; attempt++)
            {
                // Every lane learns of it at its heartbeat, and so ahead of the time.
                var at = time.GetUtcNow() + TimeSpan.FromMilliseconds((2 * options.HeartbeatMs) + 300);
                if (attempt > 0) await HoldAsync(at);
                isHeld = attempt > 0;
                do
                {
                    // A look costs nobody anything: lanes are stopped only where it seems to be worth it.
                    if (await GenerationComparison.AreLevelAsync(connection, first.Id, second.Id, cancellationToken))
                    {
                        var isolation = whileHeld is null ? IsolationLevel.RepeatableRead : IsolationLevel.ReadCommitted;
                        await using var transaction = await connection.BeginTransactionAsync(isolation, cancellationToken);
                        if (whileHeld is not null) await StopLanesAsync(connection, first, second, cancellationToken);
                        if (await GenerationComparison.AreLevelAsync(connection, first.Id, second.Id, cancellationToken))
                        {
                            if (whileHeld is not null) await whileHeld();
                            if (isHeld) await HoldAsync(null);
                            isHeld = false;
                            if (afterwards is not null) await afterwards(connection);
                            return true;
                        }

                        await transaction.RollbackAsync(cancellationToken);
                    }

                    if (isHeld) await Task.Delay(Poll, time, cancellationToken);
                }
                while (isHeld && time.GetUtcNow() < at + Patience);
            }

            return false;
        }
        finally
        {
            if (isHeld) await HoldAsync(null);
        }

        Task HoldAsync(DateTimeOffset? at) => store.HoldAsync([first.Id, second.Id], at, at is null ? CancellationToken.None : cancellationToken);
    }

    private static async Task StopLanesAsync(NpgsqlConnection connection, Generation first, Generation second, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(StopLanes, connection) { Parameters = { new() { Value = new[] { first.Id, second.Id } } } };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
