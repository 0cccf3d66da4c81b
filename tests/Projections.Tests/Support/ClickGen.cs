using Adclicks.Domain.Clicks;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;

namespace Adclicks.Projections.Tests.Support;

/// <summary>Random clicks with many duplicates, packed into events as the writer would.</summary>
internal static class ClickGen
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 23, 50, 0, TimeSpan.Zero);

    public static List<Click> Clicks(int seed, int count)
    {
        var random = new Random(seed);
        var clicks = new List<Click>(count);
        for (var i = 0; i < count; i++)
        {
            var ms = Start.ToUnixTimeMilliseconds() + (i * 200L);
            var visitor = random.Next(40);
            clicks.Add(new Click
            {
                EventId = random.Next(20) == 0 && i > 0 ? clicks[random.Next(i)].EventId : $"e{seed}-{i}",
                ClickedAtMs = ms - (random.Next(10) == 0 ? random.Next(7_200_000) : random.Next(3_000)),
                ServerTimestampMs = ms,
                AdId = "ad" + random.Next(12),
                CampaignId = "c" + random.Next(3),
                AdvertiserId = "adv" + random.Next(2),
                PublisherId = random.Next(5) == 0 ? "" : "p" + random.Next(4),
                VisitorHash = Hash(visitor),
                // Some came without an address.
                IpHash = visitor % 7 == 3 ? default : Hash(1000 + (visitor / 2)),
                Country = visitor % 3 == 0 ? "" : "DE",
                Region = "r" + (visitor % 4),
                City = "Zürich \0" + (visitor % 5),
                DeviceType = visitor % 2 == 0 ? "mobile" : "desktop",
                Os = "os" + (visitor % 3),
                Browser = "b" + (visitor % 2),
                Crawler = random.Next(15) == 0 ? "Googlebot" : "",
                IngestMark = random.Next(30) == 0 ? "rate_limited" : "",
            });
        }

        return clicks;
    }

    /// <summary>Appends clicks to their partitions, up to <paramref name="perEvent"/> in one event.</summary>
    public static async Task AppendAsync(IEventLog log, IEnumerable<Click> clicks, int partitions, int perEvent)
    {
        foreach (var chunk in clicks.Chunk(perEvent * partitions))
        {
            foreach (var group in chunk.GroupBy(c => Partitioner.PartitionOf(c.AdId, partitions)))
            {
                foreach (var packed in group.Chunk(perEvent))
                {
                    var data = packed.SelectMany(ClickEncoder.Encode).ToArray();
                    await log.AppendAsync(StreamNames.Clicks(group.Key), ExpectedRevision.Any, [Event(ClicksRecorded.EventType, data)]);
                }
            }
        }
    }

    public static EventData Event(string type, byte[] data) => new(Guid.NewGuid(), type, data, default);

    private static byte[] Hash(int value)
    {
        var bytes = new byte[16];
        new Random(value).NextBytes(bytes);
        return bytes;
    }
}
