using Adclicks.Projections.Diagnostics;
using Medallion.Threading.Postgres;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Adclicks.Projections.Billing;

/// <summary>
/// Closes hours as they fall due. Of several processes the one with the lock does, which spares the others the work; that an hour is
/// closed once is seen to by the revision that a close expects.
/// </summary>
internal sealed class BillingService(LedgerCloser closer, NpgsqlDataSource dataSource, IOptions<BillingOptions> options, TimeProvider time, ILogger<BillingService> logger)
    : BackgroundService
{
    private readonly PostgresDistributedLock _lock = new(new PostgresAdvisoryLockKey("adclicks.billing", allowHashing: true), dataSource);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Close) return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var held = await _lock.TryAcquireAsync(TimeSpan.Zero, stoppingToken);
                if (held is not null) await CloseWhileHeldAsync(held.HandleLostToken, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
            }
            catch (Exception e)
            {
                logger.CloseFailed(e, options.Value.PollMs);
            }

            closer.Forget();
            await WaitAsync(stoppingToken);
        }
    }

    private async Task CloseWhileHeldAsync(CancellationToken lost, CancellationToken stoppingToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(lost, stoppingToken);
        while (!stop.IsCancellationRequested)
        {
            await closer.CloseAsync(wait: true, stop.Token);
            await WaitAsync(stop.Token);
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken) =>
        await Task.Delay(TimeSpan.FromMilliseconds(options.Value.PollMs), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
