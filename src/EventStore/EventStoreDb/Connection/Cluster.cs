using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Adclicks.EventStore.EventStoreDb.Protos;
using Grpc.Core;

namespace Adclicks.EventStore.EventStoreDb.Connection;

/// <summary>The servers behind one connection string, and the search among them. Channels are kept for reuse.</summary>
internal sealed class Cluster(EventStoreDbSettings settings) : IDisposable
{
    private readonly ConcurrentDictionary<Endpoint, Node> _nodes = new();
    private volatile IReadOnlyList<Endpoint> _lastMembers = [];

    public EventStoreDbSettings Settings => settings;

    public Node Node(Endpoint endpoint) => _nodes.GetOrAdd(endpoint, e => new Node(e, settings));

    /// <summary>
    /// The preferred node: the only host there is, or the one that the first member to answer points to. Null when
    /// nobody answered, or nobody knows such a node.
    /// </summary>
    public async Task<Node?> FindAsync(NodePreference preference, CancellationToken cancellationToken)
    {
        if (!settings.UsesGossip)
            return Node(settings.Hosts[0]);
        foreach (var seed in await SeedsAsync(cancellationToken))
        {
            if (await GossipAsync(seed, cancellationToken) is not { } members)
                continue;
            _lastMembers = [.. members.Where(m => m.HttpEndPoint is not null).Select(m => new Endpoint(m.HttpEndPoint.Address, (int)m.HttpEndPoint.Port))];
            if (MemberChoice.Choose(members, preference) is { } chosen)
                return Node(chosen);
        }

        return null;
    }

    public void Dispose()
    {
        foreach (var node in _nodes.Values)
            node.Dispose();
    }

    private async Task<IReadOnlyList<Member>?> GossipAsync(Endpoint seed, CancellationToken cancellationToken)
    {
        try
        {
            return await Node(seed).GossipAsync(cancellationToken);
        }
        catch (RpcException)
        {
            return null;
        }
    }

    /// <summary>In random order the hosts given, then those that were members when we last heard: seeds may have moved on.</summary>
    private async Task<IEnumerable<Endpoint>> SeedsAsync(CancellationToken cancellationToken)
    {
        var seeds = settings.DiscoverByDns ? await ResolveAsync(cancellationToken) : [.. settings.Hosts];
        Random.Shared.Shuffle(seeds);
        return seeds.Concat(_lastMembers).Distinct();
    }

    private async Task<Endpoint[]> ResolveAsync(CancellationToken cancellationToken)
    {
        var found = new List<Endpoint>();
        foreach (var host in settings.Hosts)
        {
            try
            {
                // With TLS the certificate is for the name, so a name that stands for one address is used as it is.
                var addresses = await Dns.GetHostAddressesAsync(host.Host, cancellationToken);
                found.AddRange(addresses.Length == 1 ? [host] : addresses.Select(a => host with { Host = a.ToString() }));
            }
            catch (SocketException)
            {
                // Not resolved this time; the next attempt asks again.
            }
        }

        return [.. found];
    }
}
