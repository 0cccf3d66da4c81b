using System.Text;
using Adclicks.Domain.Streams;
using CsCheck;

namespace Adclicks.Domain.Tests.Streams;

public sealed class PartitionerTests
{
    /// <summary>XXH64 with seed 0, as its author publishes it. A log would be unreadable under another.</summary>
    [Theory]
    [InlineData("", 0xEF46DB3751D8E999)]
    [InlineData("a", 0xD24EC4F1A98C6E5B)]
    [InlineData("abc", 0x44BC2CF5AD770999)]
    public void A_partition_is_the_published_hash_modulo_the_count(string adId, ulong hash)
    {
        foreach (var count in new[] { 1, 2, 3, 64, 100, Partitioner.MaxCount })
            Assert.Equal((int)(hash % (ulong)count), Partitioner.PartitionOf(adId, count));
    }

    [Fact]
    public void Text_and_its_bytes_are_in_the_same_partition_at_any_length() =>
        Gen.Select(Gen.String[Gen.Int[0, 4].Select(i => "aß中/?"[i]), 0, 2_000], Gen.Int[1, Partitioner.MaxCount]).Sample((adId, count) =>
        {
            var partition = Partitioner.PartitionOf(adId, count);
            Assert.InRange(partition, 0, count - 1);
            Assert.Equal(partition, Partitioner.PartitionOf(Encoding.UTF8.GetBytes(adId), count));
        });

    [Fact]
    public void Ads_spread_evenly()
    {
        const int Ads = 64_000;
        var sizes = new int[Partitioner.DefaultCount];
        for (var i = 0; i < Ads; i++) sizes[Partitioner.PartitionOf($"ad-{i}", sizes.Length)]++;

        // A thousand each; five standard deviations either side.
        Assert.All(sizes, size => Assert.InRange(size, 840, 1_160));
    }

    [Fact]
    public void Streams_are_named_in_order()
    {
        Assert.Equal("clicks-000", StreamNames.Clicks(0));
        Assert.Equal("clicks-063", StreamNames.Clicks(63));
        var names = Enumerable.Range(0, Partitioner.MaxCount).Select(StreamNames.Clicks).ToList();
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.Equal(Partitioner.MaxCount, names.Distinct().Count());
    }
}
