using System.Buffers;
using Adclicks.Domain.Clicks;

namespace Adclicks.Bench.EventStoreDb;

/// <summary>Clicks of the usual size.</summary>
internal static class BenchClicks
{
    public static byte[] One()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        return ClickEncoder.Encode(new Click
        {
            EventId = Guid.CreateVersion7().ToString("N"),
            ClickedAtMs = now,
            ServerTimestampMs = now,
            AdId = $"ad-{Random.Shared.Next(10_000)}",
            CampaignId = $"campaign-{Random.Shared.Next(500)}",
            PublisherId = $"publisher-{Random.Shared.Next(200)}",
            VisitorHash = RandomBytes(16),
            IpHash = RandomBytes(16),
            Country = "DE",
            Region = "BE",
            City = "Berlin",
            DeviceType = "mobile",
            Os = "Android 15",
            Browser = "Chrome Mobile 140",
            ReferrerUrl = "https://news.example/article/12345",
        });
    }

    public static byte[] Packed(int clicks)
    {
        var output = new ArrayBufferWriter<byte>(clicks * 256);
        for (var i = 0; i < clicks; i++)
            output.Write(One());
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Metadata(int clicks) => new ClicksRecordedMetadata(
        ClicksRecorded.SchemaVersion, "bench", 0, Guid.NewGuid().ToString("N"), clicks, new Dictionary<string, int> { ["2026-11-24T03"] = clicks }).ToJson();

    private static byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        Random.Shared.NextBytes(bytes);
        return bytes;
    }
}
