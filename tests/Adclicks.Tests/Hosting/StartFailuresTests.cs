using Adclicks.EventStore;
using Adclicks.EventStore.Sharding;
using Adclicks.Hosting;
using Adclicks.Ingestion;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Adclicks.Tests.Hosting;

public sealed class StartFailuresTests
{
    [Fact]
    public void A_value_that_is_no_number_is_explained_by_its_key()
    {
        var section = Configuration("Ingestion:MaxBatchClicks", "many").GetSection("Ingestion");
        var failure = Assert.ThrowsAny<Exception>(section.Get<IngestionOptions>);
        Assert.Contains("Ingestion:MaxBatchClicks", StartFailures.Explain(failure), StringComparison.Ordinal);
    }

    [Fact]
    public void A_limit_of_the_embedded_log_is_explained_by_its_key()
    {
        var failure = Assert.ThrowsAny<Exception>(() => new ServiceCollection().AddEventStore(Configuration("EventStore:Embedded:MaxAppendBytes", "0")));
        Assert.Contains("EventStore:Embedded:MaxAppendBytes", StartFailures.Explain(failure), StringComparison.Ordinal);
    }

    [Fact]
    public void Shards_that_contradict_the_log_are_explained()
    {
        var failure = new ShardMapException("Partition 31 is in shard 'east', but EventStore:Shards says 'west'.");
        Assert.Equal(failure.Message, StartFailures.Explain(new AggregateException(failure)));
    }

    [Fact]
    public void A_fault_of_ours_is_not_explained_away() => Assert.Null(StartFailures.Explain(new InvalidOperationException("a bug")));

    private static IConfigurationRoot Configuration(string key, string value) =>
        new ConfigurationBuilder().AddInMemoryCollection([new("DataDirectory", Path.GetTempPath()), new(key, value)]).Build();
}
