using Adclicks.EventStore.EventStoreDb.Connection;
using Adclicks.EventStore.EventStoreDb.Diagnostics;

namespace Adclicks.EventStore.EventStoreDb.Appending;

/// <summary>
/// Sends an append to the leader, once: over the long-lived call where the server can do that, else as a call of its
/// own. Bounds how many are under way.
/// </summary>
internal sealed class AppendSender(EventStoreDbSettings settings, EventStoreDbOptions options, NodeConnection leader, TimeProvider time)
    : IAsyncDisposable
{
    private readonly SemaphoreSlim _inFlight = new(options.MaxAppendsInFlight);
    private readonly UnaryAppend _unary = new(leader);
    private readonly Lock _lock = new();
    private BatchAppendCall? _call;

    /// <summary>
    /// Cancelling it is heeded until the append is sent, not after: the payload must stay as it is until the answer.
    /// Throws <see cref="EventLogUnavailableException"/> when there is no leader to be found.
    /// </summary>
    public async Task<AppendAttempt> SendAsync(StreamAppend append, CancellationToken cancellationToken)
    {
        var node = await leader.GetAsync(cancellationToken);
        await _inFlight.WaitAsync(cancellationToken);
        EventStoreDbMetrics.AppendsInFlight.Add(1);
        try
        {
            EventStoreDbMetrics.AppendSize.Record((int)AppendSize.Of(append.Events));
            return options.BatchAppend && node.Abilities.BatchAppend
                ? await CallTo(node).AppendAsync(append)
                : await _unary.SendAsync(node, append, CancellationToken.None);
        }
        finally
        {
            EventStoreDbMetrics.AppendsInFlight.Add(-1);
            _inFlight.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_call is { } call)
            await call.DisposeAsync();
        _inFlight.Dispose();
    }

    private BatchAppendCall CallTo(Node node)
    {
        lock (_lock)
        {
            if (_call is { IsOver: false } current && current.Node == node)
                return current;
            _call?.Retire();
            return _call = new BatchAppendCall(node, options.MaxAppendsInFlight, Deadline, time, OnEnded);
        }
    }

    /// <summary>A part of the time there is, so that some is left to settle what became of it.</summary>
    private TimeSpan Deadline => TimeSpan.FromMilliseconds(
        Math.Min(settings.DefaultDeadline.TotalMilliseconds, options.AppendTimeoutMs / 4.0));

    private void OnEnded(Node node, ServerError error)
    {
        if (error.Leader is { } other)
            leader.Redirect(node, other);
        else
            leader.Lost(node);
    }
}
