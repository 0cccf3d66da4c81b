using System.Text;
using Adclicks.EventStore.EventStoreDb.Protos;
using Grpc.Core;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Adclicks.EventStore.Tests.EventStoreDb.Double;

/// <summary>What a node of the double knows of itself, shared by its services.</summary>
internal sealed class DoubleNode(DoubleSettings settings)
{
    private int _appends;
    private bool _hangsUp;

    public int Port { get; set; }

    /// <summary>How many appends reached the store here.</summary>
    public int Appends => Volatile.Read(ref _appends);

    public bool IsLeader => settings.Cluster.Ports.IsEmpty || settings.Cluster.LeaderPort == Port;

    /// <summary>When set, the next append is stored and its connection closed instead of answered.</summary>
    public bool HangsUpOnNextAppend
    {
        get => Volatile.Read(ref _hangsUp);
        set => Volatile.Write(ref _hangsUp, value);
    }

    /// <summary>To be called once the append is stored, before it is answered.</summary>
    public void Stored(ServerCallContext context)
    {
        Interlocked.Increment(ref _appends);
        if (!HangsUpOnNextAppend)
            return;
        HangsUpOnNextAppend = false;
        // Of the whole connection: aborting the request alone would tell the client something.
        context.GetHttpContext().Features.GetRequiredFeature<IConnectionLifetimeFeature>().Abort();
    }

    /// <summary>Refuses wrong credentials, and a write where it does not belong.</summary>
    public void Admit(ServerCallContext context, bool write)
    {
        if (settings.Credentials is var (user, password))
        {
            var expected = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
            var given = context.RequestHeaders.GetValue("authorization");
            if (given is null)
                throw DoubleErrors.AccessDenied();
            if (given != expected)
                throw new RpcException(new Status(StatusCode.Unauthenticated, ""));
        }

        if (write)
            RequireLeader(context);
    }

    public void RequireLeader(ServerCallContext context)
    {
        if (IsLeader || context.RequestHeaders.GetValue("requires-leader") != "true")
            return;
        throw settings.Cluster.LeaderPort == 0
            ? new RpcException(new Status(StatusCode.Unavailable, "Server Is Not Ready"))
            : DoubleErrors.NotLeader("127.0.0.1", settings.Cluster.LeaderPort);
    }
}

internal sealed class DoubleFeatures(DoubleSettings settings) : ServerFeatures.ServerFeaturesBase
{
    public override Task<SupportedMethods> GetSupportedMethods(Empty request, ServerCallContext context)
    {
        if (!settings.TellsFeatures)
            throw new RpcException(new Status(StatusCode.Unimplemented, ""));
        var methods = new SupportedMethods { EventStoreServerVersion = settings.Version };
        if (settings.BatchAppend)
        {
            methods.Methods.Add(new SupportedMethod
            {
                ServiceName = "event_store.client.streams.streams", MethodName = "batchappend", Features = { "deadline_duration" },
            });
        }

        return Task.FromResult(methods);
    }
}

internal sealed class DoubleGossip(DoubleSettings settings, DoubleNode node) : Gossip.GossipBase
{
    public override Task<ClusterInfo> Read(Empty request, ServerCallContext context)
    {
        var info = new ClusterInfo();
        foreach (var port in settings.Cluster.Ports.Keys.DefaultIfEmpty(node.Port))
        {
            var leads = settings.Cluster.Ports.IsEmpty || port == settings.Cluster.LeaderPort;
            info.Members.Add(new Member
            {
                IsAlive = true,
                State = leads ? Member.Types.State.Leader : Member.Types.State.Follower,
                HttpEndPoint = new HttpEndPoint { Address = "127.0.0.1", Port = (uint)port },
            });
        }

        return Task.FromResult(info);
    }
}
