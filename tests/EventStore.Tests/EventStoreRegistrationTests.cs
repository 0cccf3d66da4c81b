using Adclicks.EventStore.EventStoreDb;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Adclicks.EventStore.Tests;

public sealed class EventStoreRegistrationTests
{
    [Fact]
    public async Task A_connection_string_makes_EventStoreDB_the_log()
    {
        await using var provider = Provider(("EventStore:ConnectionString", "esdb://127.0.0.1:1?tls=false"));
        var clusters = provider.GetRequiredService<EventStoreDbClusters>();
        Assert.Same(clusters.Log, provider.GetRequiredService<IEventLog>());
        Assert.Equal(["home"], clusters.All.Keys);
    }

    [Fact]
    public async Task Shards_alone_do_too_and_the_first_is_home()
    {
        await using var provider = Provider(Shards("0-31", "32-63"));
        var clusters = provider.GetRequiredService<EventStoreDbClusters>();
        Assert.Equal(["a", "b"], clusters.All.Keys);
        Assert.Same(clusters.All["a"], clusters.Home);
    }

    [Theory]
    [InlineData("EventStore:ConnectionString", "esdb://a?tsl=false", "'tsl'")]
    [InlineData("EventStore:ConnectionString", "http://a", "EventStore:ConnectionString")]
    [InlineData("EventStore:Shards:1:ConnectionString", "esdb://a?nodePreference=x", "EventStore:Shards:1:ConnectionString")]
    [InlineData("EventStore:Shards:1:Partitions", "32-62", "partition 63 ")]
    [InlineData("EventStore:Shards:1:Name", "home", "'home'")]
    public async Task What_is_wrong_is_named_at_the_start(string key, string value, string named)
    {
        await using var provider = Provider([.. Shards("0-31", "32-63"), (key, value)]);
        var error = Assert.Throws<FormatException>(provider.GetRequiredService<IEventLog>);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limits_are_checked()
    {
        await using var provider = Provider(("EventStore:ConnectionString", "esdb://a"), ("EventStore:EventStoreDb:MaxAppendsInFlight", "0"));
        var error = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<IEventLog>);
        Assert.Contains("MaxAppendsInFlight", error.Message, StringComparison.Ordinal);
    }

    private static (string, string)[] Shards(string first, string second) =>
    [
        ("EventStore:Shards:0:Name", "a"), ("EventStore:Shards:0:Partitions", first), ("EventStore:Shards:0:ConnectionString", "esdb://a"),
        ("EventStore:Shards:1:Name", "b"), ("EventStore:Shards:1:Partitions", second), ("EventStore:Shards:1:ConnectionString", "esdb://b"),
    ];

    private static ServiceProvider Provider(params (string Key, string Value)[] settings)
    {
        var values = new Dictionary<string, string?>();
        foreach (var (key, value) in settings)
            values[key] = value;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        return new ServiceCollection().AddLogging().AddEventStore(configuration).BuildServiceProvider();
    }
}
