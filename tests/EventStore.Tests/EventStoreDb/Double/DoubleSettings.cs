namespace Adclicks.EventStore.Tests.EventStoreDb.Double;

/// <summary>What a double is made to be.</summary>
internal sealed class DoubleSettings
{
    /// <summary>As servers since 21.10 can.</summary>
    public bool BatchAppend { get; init; } = true;

    /// <summary>Servers before 21.10 do not know the question what they can do.</summary>
    public bool TellsFeatures { get; init; } = true;

    /// <summary>Since 23.10 subscriptions tell that they have caught up.</summary>
    public string Version { get; init; } = "23.10.7";

    public int MaxAppendBytes { get; init; } = 1024 * 1024;

    /// <summary>When set, all but these are refused.</summary>
    public (string User, string Password)? Credentials { get; init; }

    /// <summary>The store; shared among the nodes of a cluster.</summary>
    public DoubleStore Store { get; init; } = new();

    /// <summary>The nodes of the cluster by port, with the leader's; empty for a single node. May change while it runs.</summary>
    public DoubleCluster Cluster { get; init; } = new();
}

/// <summary>Who is who in a cluster of doubles.</summary>
internal sealed class DoubleCluster
{
    private volatile int _leaderPort;

    public System.Collections.Concurrent.ConcurrentDictionary<int, byte> Ports { get; } = new();

    /// <summary>0 while there is no leader.</summary>
    public int LeaderPort
    {
        get => _leaderPort;
        set => _leaderPort = value;
    }
}
