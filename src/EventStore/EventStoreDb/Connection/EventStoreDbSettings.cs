namespace Adclicks.EventStore.EventStoreDb.Connection;

/// <summary>The node a reader prefers. Appends always go to the leader.</summary>
public enum NodePreference
{
    /// <summary>The leader.</summary>
    Leader,

    /// <summary>A follower, to spare the leader; it lags by replication.</summary>
    Follower,

    /// <summary>Any node that is up.</summary>
    Random,

    /// <summary>A read-only replica.</summary>
    ReadOnlyReplica,
}

/// <summary>A node's address.</summary>
/// <param name="Host">A name or an IP address, IPv6 without brackets.</param>
/// <param name="Port">1 to 65535.</param>
public readonly record struct Endpoint(string Host, int Port)
{
    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}

/// <summary>What a connection string says; made by <see cref="ConnectionString.Parse"/>.</summary>
public sealed record EventStoreDbSettings
{
    /// <summary>At least one: the server, or the seeds that are asked who is in the cluster.</summary>
    public required IReadOnlyList<Endpoint> Hosts { get; init; }

    /// <summary>Whether the name given is one of DNS, behind which the nodes are (<c>esdb+discover</c>).</summary>
    public bool DiscoverByDns { get; init; }

    /// <summary>Whether the cluster is asked for its members: with more than one host, or discovery by DNS.</summary>
    public bool UsesGossip => DiscoverByDns || Hosts.Count > 1;

    /// <summary>Who we are, or null for nobody.</summary>
    public string? User { get; init; }

    /// <summary>The password of <see cref="User"/>.</summary>
    public string Password { get; init; } = "";

    /// <summary>Whether connections are encrypted (<c>tls</c>).</summary>
    public bool Tls { get; init; } = true;

    /// <summary>Whether the server's certificate is checked (<c>tlsVerifyCert</c>).</summary>
    public bool TlsVerifyCert { get; init; } = true;

    /// <summary>A PEM file of the authority to trust instead of the machine's (<c>tlsCaFile</c>).</summary>
    public string? TlsCaFile { get; init; }

    /// <summary>A PEM file of our certificate (<c>userCertFile</c>); set together with <see cref="UserKeyFile"/>.</summary>
    public string? UserCertFile { get; init; }

    /// <summary>A PEM file of its key (<c>userKeyFile</c>).</summary>
    public string? UserKeyFile { get; init; }

    /// <summary>The node to read from (<c>nodePreference</c>).</summary>
    public NodePreference NodePreference { get; init; } = NodePreference.Leader;

    /// <summary>How often an idle connection is probed (<c>keepAliveInterval</c>); null for never.</summary>
    public TimeSpan? KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a probe may go unanswered (<c>keepAliveTimeout</c>); null for ever.</summary>
    public TimeSpan? KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the cluster is asked before giving up (<c>maxDiscoverAttempts</c>).</summary>
    public int MaxDiscoverAttempts { get; init; } = 10;

    /// <summary>The pause between these (<c>discoveryInterval</c>).</summary>
    public TimeSpan DiscoveryInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long one node may take to answer who is in the cluster (<c>gossipTimeout</c>).</summary>
    public TimeSpan GossipTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a request that is not a stream may take (<c>defaultDeadline</c>).</summary>
    public TimeSpan DefaultDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What the server's own pages call us (<c>connectionName</c>).</summary>
    public string ConnectionName { get; init; } = "adclicks";
}
