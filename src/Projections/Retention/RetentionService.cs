using Adclicks.Projections.Diagnostics;
using Adclicks.Projections.Generations;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Adclicks.Projections.Retention;

/// <summary>
/// Makes the partitions of the days to come, and drops those that are past their retention, of all generations. Of several processes the
/// one that has the lock at that moment does.
/// </summary>
internal sealed class RetentionService(
    GenerationStore generations, NpgsqlDataSource dataSource, IOptions<ProjectionsOptions> options, TimeProvider time, ILogger<RetentionService> logger) : BackgroundService
{
    /// <summary>Any number that nothing else locks.</summary>
    private const long AdvisoryLock = 0x6164636C72657461;

    private const int DaysAhead = 2;

    private readonly RetentionOptions _options = options.Value.Retention;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await KeepAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
            {
                // A generation that is just being made or dropped.
            }
            catch (Exception e)
            {
                logger.RetentionFailed(e, _options.CheckEvery);
            }

            await Task.Delay(_options.CheckEvery, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>All is done over the connection that has the lock: who loses it stops.</summary>
    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        if (!await TryLockAsync(connection, cancellationToken)) return;
        try
        {
            foreach (var generation in await generations.ListAsync(cancellationToken))
            {
                if (generation.State != Generation.Retired) await generations.Partitions(generation).EnsureAsync(DaysToCome(), cancellationToken);
                await new PartitionRetention(generation, connection, _options, time, logger).RunAsync(cancellationToken);
            }
        }
        finally
        {
            await UnlockAsync(connection);
        }
    }

    private DateTime[] DaysToCome()
    {
        var today = time.GetUtcNow().UtcDateTime.Date;
        return [.. Enumerable.Range(0, DaysAhead + 1).Select(d => today.AddDays(d))];
    }

    private static async Task<bool> TryLockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", connection) { Parameters = { new() { Value = AdvisoryLock } } };
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>A connection that is broken has lost it already.</summary>
    private static async Task UnlockAsync(NpgsqlConnection connection)
    {
        if (connection.State != System.Data.ConnectionState.Open) return;
        await using var command = new NpgsqlCommand("SELECT pg_advisory_unlock($1)", connection) { Parameters = { new() { Value = AdvisoryLock } } };
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
