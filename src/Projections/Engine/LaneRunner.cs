using Adclicks.EventStore;
using Adclicks.EventStore.Reference;
using Adclicks.Projections.Diagnostics;
using Adclicks.Projections.Generations;
using Adclicks.Projections.Leases;
using Adclicks.Projections.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Adclicks.Projections.Engine;

/// <summary>Keeps one lane going: waits for its lease, runs a session, and begins anew after whatever ended it.</summary>
internal sealed class LaneRunner(
    Generation generation, int lane, LaneStore store, LeaseStore leases, LaneTakeover takeover, IEventLog log, ReferenceFeed reference, ProjectionsOptions options, TimeProvider time, ILogger logger)
{
    private readonly PoisonList _poison = new();
    private CancellationTokenSource? _yield;
    private Lease? _held;
    private int _failures;

    /// <summary>Whether the lane is ours.</summary>
    public bool IsOwner => Volatile.Read(ref _yield) is not null;

    /// <summary>Whether it is about to be given up.</summary>
    public bool IsYielding => Volatile.Read(ref _yield) is { IsCancellationRequested: true };

    /// <summary>Gives the lane up for another process to take, flushed.</summary>
    public void Yield()
    {
        try
        {
            Volatile.Read(ref _yield)?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It is given up already.
        }
    }

    /// <summary>Runs until cancelled; the lane is then released.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (await leases.TryAcquireAsync(generation.Id, lane, cancellationToken) is { } lease) await OwnAsync(lease, cancellationToken);
                else await DelayAsync(options.HeartbeatMs, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
            }
            catch (LaneConflictException e)
            {
                logger.LaneLost(lane, e.Message);
                ProjectionMetrics.Restarts.Add(1, new KeyValuePair<string, object?>("reason", "conflict"));
                await DelayAsync(options.RetryMinMs, cancellationToken);
            }
            catch (Exception e)
            {
                var delay = NextDelayMs();
                logger.LaneFailed(e, lane, delay);
                ProjectionMetrics.Restarts.Add(1, new KeyValuePair<string, object?>("reason", "failure"));
                await DelayAsync(delay, cancellationToken);
            }
        }

        await LetGoAsync();
    }

    private async Task OwnAsync(Lease lease, CancellationToken cancellationToken)
    {
        _held = lease;
        logger.LaneAcquired(lane, lease.Epoch);
        if (lease.TakesFrom is { } other)
        {
            await takeover.RunAsync(lease, other, cancellationToken);
            _held = null;
            logger.LaneTakenOver(lane, other);
            return;
        }

        using var yield = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Volatile.Write(ref _yield, yield);
        var session = new LaneSession(lease, generation.Rules, store, leases, log, reference, _poison, options, time, logger);
        try
        {
            await session.RunAsync(yield.Token);
        }
        finally
        {
            Volatile.Write(ref _yield, null);
            if (session.Flushes > 0) _failures = 0;
        }

        await leases.ReleaseAsync(lease, CancellationToken.None);
        _held = null;
        logger.LaneReleased(lane);
        if (!cancellationToken.IsCancellationRequested) await DelayAsync(options.HeartbeatMs, cancellationToken);
    }

    /// <summary>After a failure the lease was kept, to go on with: who stops then does not have others wait for its end.</summary>
    private async Task LetGoAsync()
    {
        if (_held is not { } lease) return;
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(options.LeaseMs), time);
            await leases.ReleaseAsync(lease, limit.Token);
            logger.LaneReleased(lane);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            logger.LaneLost(lane, e.Message);
        }
    }

    /// <summary>Doubles with each failure in a row; half of it is chance, so that lanes do not come back in step.</summary>
    private int NextDelayMs()
    {
        var ceiling = Math.Min(options.RetryMaxMs, options.RetryMinMs * Math.Pow(2, Math.Min(_failures++, 20)));
        return (int)(ceiling * (0.5 + (Random.Shared.NextDouble() / 2)));
    }

    private async Task DelayAsync(int milliseconds, CancellationToken cancellationToken) =>
        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
