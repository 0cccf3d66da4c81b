using System.Globalization;
using System.Text;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Rollups;
using Adclicks.Domain.Sketches;
using Adclicks.Domain.Streams;

namespace Adclicks.Projections.Tests.Support;

/// <summary>The rollups by definition: every click compared with every one before it, every row grouped from scratch.</summary>
internal static class BruteForce
{
    private const int WindowMs = 10_000;

    /// <summary>One line per row, as <see cref="ReadModels.DumpAsync"/> gives them.</summary>
    public static List<string> Rows(IReadOnlyList<Click> clicks, int partitions, Cuboid cuboid, Granularity granularity)
    {
        var judged = clicks.GroupBy(c => Partitioner.PartitionOf(c.AdId, partitions))
            .SelectMany(g => Judge([.. g]));
        return [.. judged.GroupBy(j => Key(j.Click, cuboid, granularity)).Select(Row).Order(StringComparer.Ordinal)];
    }

    public static IEnumerable<(Click Click, bool Counted)> Judge(IReadOnlyList<Click> partition)
    {
        var counted = new List<Click>();
        var ids = new HashSet<string>();
        foreach (var click in partition)
        {
            var isNew = ids.Add(click.EventId) && !counted.Any(c => c.AdId == click.AdId && c.VisitorHash.Span.SequenceEqual(click.VisitorHash.Span)
                && Math.Abs(c.ClickedAtMs - click.ClickedAtMs) < WindowMs);
            if (isNew) counted.Add(click);
            yield return (click, isNew);
        }
    }

    private static string Key(Click click, Cuboid cuboid, Granularity granularity)
    {
        var bucket = DateTimeOffset.FromUnixTimeMilliseconds(click.ClickedAtMs / granularity.LengthMs() * granularity.LengthMs());
        string[] values = [bucket.ToString("u", CultureInfo.InvariantCulture), .. cuboid.Dimensions.Select(d => Value(click, d))];
        return string.Join('|', values);
    }

    private static string Row(IGrouping<string, (Click Click, bool Counted)> group)
    {
        var counted = group.Where(g => g.Counted).Select(g => g.Click).ToList();
        var row = new StringBuilder(group.Key);
        row.Append(CultureInfo.InvariantCulture, $"|{group.Count()}|{counted.Count}|{counted.Count(c => c.Crawler != "" || c.IngestMark != "")}");
        row.Append('|').Append(Sketch(counted.Select(c => c.VisitorHash))).Append('|').Append(Sketch(counted.Select(c => c.IpHash).Where(h => !h.IsEmpty)));
        return row.ToString();
    }

    private static string Sketch(IEnumerable<ReadOnlyMemory<byte>> hashes)
    {
        var sketch = HyperLogLog.Create();
        foreach (var hash in hashes) sketch.Add(Murmur3.Hash64(hash.Span));
        return Convert.ToHexString(sketch.ToBytes());
    }

    private static string Value(Click c, Dimension dimension) => (dimension switch
    {
        Dimension.Ad => c.AdId,
        Dimension.Campaign => c.CampaignId,
        Dimension.Advertiser => c.AdvertiserId,
        Dimension.Publisher => c.PublisherId,
        Dimension.Country => c.Country,
        Dimension.Region => c.Region,
        Dimension.City => c.City,
        Dimension.DeviceType => c.DeviceType,
        Dimension.Os => c.Os,
        Dimension.Browser => c.Browser,
        AddedDimension.Dimension => c.Crawler,
        _ => throw new ArgumentOutOfRangeException(nameof(dimension)),
    }).Replace('\0', '\uFFFD');
}
