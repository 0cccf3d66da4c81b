using System.Text;
using Adclicks.EventStore.EventStoreDb.Protos;
using Grpc.Core;
using Grpc.Net.Client;

namespace Adclicks.EventStore.EventStoreDb.Connection;

/// <summary>One server: its channel, the services we use of it and what it can do.</summary>
internal sealed class Node : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly EventStoreDbSettings _settings;
    private readonly Metadata _anyNode;
    private readonly Metadata _leaderOnly;

    public Node(Endpoint endpoint, EventStoreDbSettings settings)
    {
        Endpoint = endpoint;
        _settings = settings;
        _channel = ChannelFactory.Open(endpoint, settings);
        _anyNode = Headers(settings, requiresLeader: false);
        _leaderOnly = Headers(settings, requiresLeader: true);
        Streams = new Streams.StreamsClient(_channel);
        Projections = new Protos.Projections.ProjectionsClient(_channel);
    }

    public Endpoint Endpoint { get; }

    public Streams.StreamsClient Streams { get; }

    public Protos.Projections.ProjectionsClient Projections { get; }

    /// <summary>As of the last time it was asked; see <see cref="AskAsync"/>.</summary>
    public ServerAbilities Abilities { get; private set; } = ServerAbilities.Oldest;

    /// <summary>
    /// For a call that ends by itself within <paramref name="timeout"/>, or the connection's default. gRPC takes the
    /// deadline as a time of the system's clock.
    /// </summary>
    public CallOptions Call(bool requiresLeader, CancellationToken cancellationToken, TimeSpan? timeout = null) =>
        Stream(requiresLeader, cancellationToken).WithDeadline(DateTime.UtcNow + (timeout ?? _settings.DefaultDeadline));

    /// <summary>For a call without an end.</summary>
    public CallOptions Stream(bool requiresLeader, CancellationToken cancellationToken) =>
        new(requiresLeader ? _leaderOnly : _anyNode, cancellationToken: cancellationToken);

    /// <summary>Asks the server what it can do: the first call to it, and again after every loss.</summary>
    public async Task AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            var client = new ServerFeatures.ServerFeaturesClient(_channel);
            var call = Call(requiresLeader: false, cancellationToken, _settings.GossipTimeout);
            Abilities = ServerAbilities.Of(await client.GetSupportedMethodsAsync(new Empty(), call));
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.Unimplemented or StatusCode.Unauthenticated or StatusCode.PermissionDenied)
        {
            // It is there; what comes next tells the rest.
            Abilities = ServerAbilities.Oldest;
        }
    }

    /// <summary>Who this node thinks is in the cluster.</summary>
    public async Task<IReadOnlyList<Member>> GossipAsync(CancellationToken cancellationToken)
    {
        var client = new Gossip.GossipClient(_channel);
        var answer = await client.ReadAsync(new Empty(), Call(requiresLeader: false, cancellationToken, _settings.GossipTimeout));
        return answer.Members;
    }

    public void Dispose() => _channel.Dispose();

    private static Metadata Headers(EventStoreDbSettings settings, bool requiresLeader)
    {
        var headers = new Metadata
        {
            { "connection-name", settings.ConnectionName },
            { "requires-leader", requiresLeader ? "true" : "false" },
        };
        if (settings.User is { } user)
            headers.Add("authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{settings.Password}")));
        return headers;
    }
}
