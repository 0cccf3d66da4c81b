using Adclicks.EventStore;

namespace Adclicks.Projections.Engine;

/// <summary>
/// Looks where the streams of a lane end, at every heartbeat, whatever the lane itself is busy with: how far it is behind is known while it
/// hangs too. Ends that the lane has just looked up are not looked up again.
/// </summary>
internal sealed class EndWatch : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly Task _watch;

    public EndWatch(IEventLog log, IReadOnlyCollection<PartitionState> partitions, TimeSpan heartbeat, TimeProvider time, CancellationToken cancellationToken)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _watch = Task.Run(() => WatchAsync(log, partitions, heartbeat, time), CancellationToken.None);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watch;
        _stop.Dispose();
    }

    private async Task WatchAsync(IEventLog log, IReadOnlyCollection<PartitionState> partitions, TimeSpan heartbeat, TimeProvider time)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                foreach (var partition in partitions)
                {
                    var now = time.GetUtcNow();
                    if (now - partition.Freshness.SeenAt >= heartbeat / 2) partition.Freshness.SawEnd(await log.GetLastRevisionAsync(partition.Stream, _stop.Token), now);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
            }
            catch (Exception)
            {
                // The lane's own reading fails too, and says so. What was known goes on ageing.
            }

            await Task.Delay(heartbeat, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
