using System.Threading.Channels;
using Adclicks.EventStore;

namespace Adclicks.Projections.Engine;

/// <summary>
/// One subscription per partition of a lane, each into a bounded channel. What was logged first is taken first: a lane that catches up goes
/// through time in all its partitions at once, and what it stores together is of few hours. Partitions differ in size; taken in turn,
/// small ones would be days ahead of large ones, and each flush would write to all spans. For a partition that has never come to its end yet
/// and is slow the others wait a moment, and then go on without it.
/// </summary>
internal sealed class PartitionReaders : IAsyncDisposable
{
    /// <summary>By partition. What is read from the log comes in pages, so that these are in memory anyway.</summary>
    private const int LeastReadAhead = 32;

    /// <summary>How long the others wait.</summary>
    private const int PatienceMs = 100;

    private readonly CancellationTokenSource _stop;
    private readonly Channel<LaneItem>[] _channels;
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    private readonly PriorityQueue<(int Channel, LaneItem Item), DateTimeOffset> _heads = new();
    private readonly Task _readers;
    private volatile bool _hasFailed;

    /// <summary>Channels of which the next is not among the heads.</summary>
    private readonly List<int> _headless;

    /// <summary>By channel: since when it has no head, and whether it was at its end once.</summary>
    private readonly (long SinceMs, bool WasAtEnd)[] _channelStates;

    /// <summary>Begins to read.</summary>
    /// <param name="log">Of the partitions.</param>
    /// <param name="partitions">Each from its revision on.</param>
    /// <param name="readAheadEvents">Of all together.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public PartitionReaders(IEventLog log, IReadOnlyCollection<PartitionState> partitions, int readAheadEvents, CancellationToken cancellationToken)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var each = new BoundedChannelOptions(Math.Max(LeastReadAhead, readAheadEvents / Math.Max(1, partitions.Count))) { SingleReader = true, SingleWriter = true };
        _channels = [.. partitions.Select(_ => Channel.CreateBounded<LaneItem>(each))];
        _headless = [.. Enumerable.Range(0, _channels.Length)];
        _channelStates = [.. _channels.Select(_ => (Environment.TickCount64, false))];
        _readers = Task.WhenAll(partitions.Select((p, i) => ReadAsync(log, p, _channels[i].Writer)));
    }

    /// <summary>The next event of one of the partitions; false where it is to be waited for.</summary>
    public bool TryTake(out LaneItem item)
    {
        item = default;
        FindHeads();
        if (_hasFailed || IsAnyWaitedFor() || !_heads.TryDequeue(out var head, out _)) return false;
        _headless.Add(head.Channel);
        _channelStates[head.Channel] = (Environment.TickCount64, _channelStates[head.Channel].WasAtEnd || head.Item.Message.IsCaughtUp);
        item = head.Item;
        return true;
    }

    /// <summary>Completes when there may be something to take; with the error when a subscription fails.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        FindHeads();
        var isPatient = _heads.Count > 0;
        if (isPatient && !_hasFailed && !IsAnyWaitedFor()) return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (isPatient) limit.CancelAfter(PatienceMs);
        try
        {
            if (await _news.Reader.WaitToReadAsync(limit.Token)) _news.Reader.TryRead(out _);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // On without it.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _readers;
        _stop.Dispose();
    }

    private void FindHeads()
    {
        for (var i = _headless.Count - 1; i >= 0; i--)
        {
            var channel = _headless[i];
            if (!_channels[channel].Reader.TryRead(out var item)) continue;
            _heads.Enqueue((channel, item), item.Message.Event?.Created ?? DateTimeOffset.MinValue);
            _headless[i] = _headless[^1];
            _headless.RemoveAt(_headless.Count - 1);
        }
    }

    private bool IsAnyWaitedFor()
    {
        foreach (var channel in _headless)
        {
            if (_channelStates[channel] is { WasAtEnd: false } state && Environment.TickCount64 - state.SinceMs < PatienceMs) return true;
        }

        return false;
    }

    private async Task ReadAsync(IEventLog log, PartitionState partition, ChannelWriter<LaneItem> items)
    {
        await Task.Yield();
        try
        {
            await foreach (var message in log.SubscribeAsync(partition.Stream, partition.Revision, _stop.Token))
            {
                await items.WriteAsync(new LaneItem(partition, message), _stop.Token);
                _news.Writer.TryWrite(true);
            }

            Fail(new EventLogUnavailableException($"The subscription to {partition.Stream} ended."));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    /// <summary>The lane begins anew, however much the other partitions have: it is not to go on without one.</summary>
    private void Fail(Exception reason)
    {
        _hasFailed = true;
        _news.Writer.TryComplete(reason);
    }
}
