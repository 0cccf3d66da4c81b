using System.Threading.Channels;
using Adclicks.EventStore;

namespace Adclicks.Projections.Engine;

/// <summary>One subscription per partition of a lane, all into one bounded channel.</summary>
internal sealed class PartitionReaders : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly Channel<LaneItem> _channel;
    private readonly Task _readers;

    public PartitionReaders(IEventLog log, IEnumerable<PartitionState> partitions, int readAheadEvents, CancellationToken cancellationToken)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _channel = Channel.CreateBounded<LaneItem>(new BoundedChannelOptions(readAheadEvents) { SingleReader = true });
        _readers = Task.WhenAll(partitions.Select(p => Task.Run(() => ReadAsync(log, p), CancellationToken.None)));
    }

    /// <summary>Completed, with the error, when a subscription fails.</summary>
    public ChannelReader<LaneItem> Items => _channel.Reader;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _readers;
        _stop.Dispose();
    }

    private async Task ReadAsync(IEventLog log, PartitionState partition)
    {
        try
        {
            await foreach (var message in log.SubscribeAsync(partition.Stream, partition.Revision, _stop.Token))
                await _channel.Writer.WriteAsync(new LaneItem(partition, message), _stop.Token);
            _channel.Writer.TryComplete(new EventLogUnavailableException($"The subscription to {partition.Stream} ended."));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
        catch (ChannelClosedException)
        {
        }
        catch (Exception e)
        {
            _channel.Writer.TryComplete(e);
        }
    }
}
