using Adclicks.Projections.Engine;
using Medallion.Threading.Postgres;
using Microsoft.Extensions.Hosting;

namespace Adclicks.Projections.Leases;

/// <summary>
/// A loop that of several processes the one with a lock in PostgreSQL runs. The lock only spares the others the work: that nothing is done
/// twice has to be seen to by what the loop does.
/// </summary>
/// <param name="name">Of the lock.</param>
/// <param name="locks">Where it is.</param>
/// <param name="poll">Between two rounds, and between two tries to get the lock.</param>
/// <param name="threads">Run it.</param>
/// <param name="time">The clock.</param>
internal abstract class LockedService(string name, LockConnections locks, TimeSpan poll, ProjectionThreads threads, TimeProvider time) : BackgroundService
{
    private readonly PostgresDistributedLock _lock = locks.Lock(name);

    /// <summary>The clock.</summary>
    protected TimeProvider Time { get; } = time;

    /// <summary>Whether there is anything to do, by the settings.</summary>
    protected virtual bool IsWanted => true;

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => threads.RunAsync(() => LoopAsync(stoppingToken));

    /// <summary>The lock is ours.</summary>
    protected virtual Task BeginAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>One round. Whatever it throws, all begins again, with the lock.</summary>
    protected abstract Task RunAsync(CancellationToken cancellationToken);

    /// <summary>Says why it could not go on.</summary>
    protected abstract void Failed(Exception reason);

    /// <summary>The lock is not ours, or no longer: what is kept for the next round is of no use.</summary>
    protected virtual void Ended()
    {
    }

    private async Task LoopAsync(CancellationToken stoppingToken)
    {
        while (IsWanted && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var held = await _lock.TryAcquireAsync(TimeSpan.Zero, stoppingToken);
                if (held is not null) await RunWhileHeldAsync(held.HandleLostToken, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
            }
            catch (Exception e)
            {
                Failed(e);
            }

            Ended();
            await WaitAsync(stoppingToken);
        }
    }

    private async Task RunWhileHeldAsync(CancellationToken lost, CancellationToken stoppingToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(lost, stoppingToken);
        await BeginAsync(stop.Token);
        while (!stop.IsCancellationRequested)
        {
            await RunAsync(stop.Token);
            await WaitAsync(stop.Token);
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken) =>
        await Task.Delay(poll, Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
