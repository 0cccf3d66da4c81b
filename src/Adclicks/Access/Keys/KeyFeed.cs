using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Microsoft.Extensions.Options;

namespace Adclicks.Access.Keys;

/// <summary>
/// Follows the stream <c>keys</c>, so that a key made or revoked anywhere is so on this node as soon as the event is here,
/// without PostgreSQL. While the log is away, a node goes by what it knows.
/// </summary>
internal sealed class KeyFeed(IEventLog log, KeyRing ring, IOptions<AccessOptions> options, TimeProvider time, ILogger<KeyFeed> logger) : BackgroundService
{
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _applied = -1;

    /// <summary>Waits, up to the start time-out, until all keys are read.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken);
        try
        {
            await _loaded.Task.WaitAsync(TimeSpan.FromMilliseconds(options.Value.KeysStartTimeoutMs), time, cancellationToken);
        }
        catch (TimeoutException)
        {
            logger.StartedWithoutKeys(options.Value.KeysStartTimeoutMs);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(stoppingToken);
            }
            catch (EventLogUnavailableException e)
            {
                logger.KeysUnavailable(_applied, e.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(options.Value.KeysRetryMs), time, stoppingToken);
            }
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        await foreach (var message in log.SubscribeAsync(StreamNames.Keys, _applied, cancellationToken))
        {
            if (message.Event is { } recorded) Apply(recorded);
            if (!message.IsCaughtUp) continue;
            ring.SetLoaded();
            _loaded.TrySetResult();
        }
    }

    private void Apply(RecordedEvent recorded)
    {
        try
        {
            if (!ring.Apply(recorded.Type, recorded.Data.Span)) logger.KeyEventSkipped(recorded.Revision, "its type is unknown");
        }
        catch (FormatException e)
        {
            logger.KeyEventSkipped(recorded.Revision, e.Message);
        }

        _applied = recorded.Revision;
    }
}
