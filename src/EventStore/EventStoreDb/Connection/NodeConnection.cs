using Adclicks.EventStore.EventStoreDb.Diagnostics;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Adclicks.EventStore.EventStoreDb.Connection;

/// <summary>
/// The node in use for one purpose, found when first asked for and again after it failed. Callers share one search;
/// while the cluster is away they fail at once, until the next attempt is due.
/// </summary>
internal sealed class NodeConnection(
    Cluster cluster,
    NodePreference preference,
    EventStoreDbOptions options,
    TimeProvider time,
    ILogger log) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _disposed = new();
    private Task<Node>? _search;
    private Node? _redirectedTo;
    private Backoff _backoff = new(options);
    private DateTimeOffset _nextSearch;

    /// <summary>Whether requests must be refused by any node but the leader.</summary>
    public bool RequiresLeader => preference == NodePreference.Leader;

    /// <summary>The node. Throws <see cref="EventLogUnavailableException"/> when there is none.</summary>
    public async ValueTask<Node> GetAsync(CancellationToken cancellationToken)
    {
        Task<Node> search;
        lock (_lock)
        {
            if (_search is null || (_search.IsFaulted && time.GetUtcNow() >= _nextSearch))
                _search = Task.Run(SearchAsync, _disposed.Token);
            search = _search;
        }

        return await search.WaitAsync(cancellationToken);
    }

    /// <summary>Something went wrong with this node: look again before the next use.</summary>
    public void Lost(Node node) => Forget(node, null);

    /// <summary>This node is not the leader and says who is.</summary>
    public void Redirect(Node node, Endpoint leader) => Forget(node, cluster.Node(leader));

    public void Dispose()
    {
        _disposed.Cancel();
        _disposed.Dispose();
    }

    private void Forget(Node node, Node? successor)
    {
        lock (_lock)
        {
            if (_search is not { IsCompletedSuccessfully: true } || _search.Result != node)
                return;
            _search = null;
            _redirectedTo = successor;
        }

        log.NodeLost(node.Endpoint, successor?.Endpoint);
        EventStoreDbMetrics.Reconnects.Add(1);
    }

    private async Task<Node> SearchAsync()
    {
        string? reason = null;
        for (var attempt = 0; attempt < cluster.Settings.MaxDiscoverAttempts; attempt++)
        {
            if (attempt > 0)
                await Task.Delay(cluster.Settings.DiscoveryInterval, time, _disposed.Token);
            try
            {
                var found = Interlocked.Exchange(ref _redirectedTo, null) ?? await cluster.FindAsync(preference, _disposed.Token);
                if (found is null)
                {
                    reason = "no member of the cluster is a " + preference;
                    continue;
                }

                await found.AskAsync(_disposed.Token);
                lock (_lock)
                    _backoff.Reset();
                log.NodeFound(found.Endpoint, preference, found.Abilities.Version);
                return found;
            }
            catch (RpcException e)
            {
                reason = e.Status.DebugException?.GetBaseException().Message ?? e.Status.Detail;
            }
        }

        lock (_lock)
            _nextSearch = time.GetUtcNow() + _backoff.Next();
        throw new EventLogUnavailableException($"EventStoreDB at {string.Join(", ", cluster.Settings.Hosts)} cannot be reached: {reason}");
    }
}
