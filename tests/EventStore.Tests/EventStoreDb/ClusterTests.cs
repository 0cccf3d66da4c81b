using Adclicks.EventStore.Tests.EventStoreDb.Double;

namespace Adclicks.EventStore.Tests.EventStoreDb;

public sealed class ClusterTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Appends_find_the_leader_through_any_member()
    {
        await using var cluster = await ThreeNodes.StartAsync();
        await using var log = Servers.Open(cluster.ConnectionString("nodePreference=follower"));
        Assert.True((await log.AppendAsync("s", ExpectedRevision.NoStream, [Servers.Event()], Cancellation)).Succeeded);
        Assert.Equal(1, cluster.Leader.Node.Appends);
        Assert.Single(await log.AllAsync("s"));
        await log.CheckHealthAsync(Cancellation);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_node_that_is_not_the_leader_points_to_it(bool batch)
    {
        await using var cluster = await ThreeNodes.StartAsync();
        var follower = cluster.Nodes.First(n => n != cluster.Leader);
        await using var log = Servers.Open(follower.ConnectionString, o => o.BatchAppend = batch);
        Assert.Equal(new(AppendOutcome.Appended, 0), await log.AppendAsync("s", ExpectedRevision.NoStream, [Servers.Event()], Cancellation));
        Assert.Equal((0, 1), (follower.Node.Appends, cluster.Leader.Node.Appends));
        Assert.Single(await log.AllAsync("s"));
    }

    [Fact]
    public async Task A_new_leader_is_followed_with_nothing_lost_or_twice()
    {
        await using var cluster = await ThreeNodes.StartAsync();
        await using var log = Servers.Open(cluster.ConnectionString());
        var ids = new List<Guid>();
        for (var i = 0; i < 30; i++)
        {
            if (i % 10 == 5)
                cluster.Elect(cluster.Nodes[(i / 10) % 3]);
            var data = Servers.Event();
            Assert.True((await log.AppendAsync("s", ExpectedRevision.Any, [data], Cancellation)).Succeeded);
            ids.Add(data.Id);
        }

        Assert.Equal(ids, (await log.AllAsync("s")).Select(e => e.Id));
        Assert.True(cluster.Nodes.Count(n => n.Node.Appends > 0) > 1);
    }

    [Fact]
    public async Task Without_a_leader_health_says_so_and_appends_wait_for_one()
    {
        await using var cluster = await ThreeNodes.StartAsync();
        await using var log = Servers.Open(cluster.ConnectionString("maxDiscoverAttempts=-1&discoveryInterval=10"));
        await log.CheckHealthAsync(Cancellation);
        cluster.Elect(null);
        await Assert.ThrowsAsync<EventLogUnavailableException>(async () => await log.CheckHealthAsync(Cancellation));
        var append = log.AppendAsync("s", ExpectedRevision.Any, [Servers.Event()], Cancellation);
        cluster.Elect(cluster.Nodes[2]);
        Assert.True((await append).Succeeded);
    }

    private sealed class ThreeNodes(DoubleCluster cluster, EventStoreDbDouble[] nodes) : IAsyncDisposable
    {
        public EventStoreDbDouble[] Nodes => nodes;

        public EventStoreDbDouble Leader => nodes.First(n => n.Port == cluster.LeaderPort);

        public static async Task<ThreeNodes> StartAsync()
        {
            var store = new DoubleStore();
            var cluster = new DoubleCluster();
            var nodes = new EventStoreDbDouble[3];
            for (var i = 0; i < nodes.Length; i++)
            {
                nodes[i] = await EventStoreDbDouble.StartAsync(new DoubleSettings { Store = store, Cluster = cluster });
                cluster.Ports[nodes[i].Port] = 0;
            }

            cluster.LeaderPort = nodes[1].Port;
            return new ThreeNodes(cluster, nodes);
        }

        public string ConnectionString(string options = "nodePreference=leader") =>
            $"esdb://{string.Join(',', nodes.Select(n => $"127.0.0.1:{n.Port}"))}?tls=false&{options}";

        public void Elect(EventStoreDbDouble? leader) => cluster.LeaderPort = leader?.Port ?? 0;

        public async ValueTask DisposeAsync()
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
        }
    }
}
