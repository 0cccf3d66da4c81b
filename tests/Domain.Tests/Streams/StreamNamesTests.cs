using System.Reflection;
using Adclicks.Domain.Streams;

namespace Adclicks.Domain.Tests.Streams;

public sealed class StreamNamesTests
{
    /// <summary>A backup copies them all: one that is left out would be lost.</summary>
    [Fact]
    public void All_streams_are_among_all_of_them_once()
    {
        var all = StreamNames.All(partitions: 3).ToList();
        var named = typeof(StreamNames).GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral).Select(f => (string)f.GetValue(null)!);
        Assert.Equal(named.Concat(["clicks-000", "clicks-001", "clicks-002"]).Order(), all.Order());
    }

    [Theory]
    [InlineData("clicks-000", 0)]
    [InlineData("clicks-063", 63)]
    [InlineData("clicks-1000", 1000)]
    [InlineData("clicks-", null)]
    [InlineData("clicks--1", null)]
    [InlineData("rejected-clicks", null)]
    public void The_partition_of_a_stream_is_in_its_name(string stream, int? partition) => Assert.Equal(partition, StreamNames.PartitionOf(stream));
}
