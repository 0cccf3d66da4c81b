using Adclicks.Domain.Billing;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Dedup;
using Adclicks.Domain.Reference;
using CsCheck;

namespace Adclicks.Domain.Tests.Billing;

/// <summary>A made-up log of a few partitions, and the books over it.</summary>
internal static class BillingLog
{
    public const int Partitions = 3;

    /// <summary>Five hours, few ads and visitors, so that duplicates, crawlers and late clicks are common.</summary>
    public static readonly Gen<LogEvent[]> Events = (
        from partition in Gen.Int[0, Partitions - 1]
        from clicks in Gen.Select(Gen.Int[0, 2], Gen.Int[0, 3], Gen.Long[0, (5 * BillingHour.Ms) - 1], Gen.Int[0, 4]).Array[1, 4]
        from broken in Gen.Int[0, 15]
        select new LogEvent(partition, clicks, broken == 0)).Array[0, 60];

    /// <summary>Revisions by partition up to each event.</summary>
    public static byte[] Bytes(LogEvent e) => e.IsBroken ? [0xFF] : [.. e.Clicks.SelectMany((c, i) => ClickEncoder.Encode(new Click
    {
        EventId = $"{c.Ad}-{c.Visitor}-{c.TimeMs}-{i}",
        ClickedAtMs = c.TimeMs,
        ServerTimestampMs = 6 * BillingHour.Ms,
        AdId = $"p{e.Partition}-ad{c.Ad}",
        CampaignId = $"campaign{c.Ad % 2}",
        AdvertiserId = "acme",
        VisitorHash = new byte[16].Select((_, j) => (byte)(c.Visitor + j)).ToArray(),
        Crawler = c.Crawler == 0 ? "bot" : "",
    }))];

    /// <summary>Replays what is new into the books.</summary>
    public sealed class Books
    {
        private readonly PartitionReplay[] _replays = [.. Enumerable.Range(0, Partitions).Select(p => new PartitionReplay(p, new DedupOptions(), new ReferenceHistory()))];

        public Books(LedgerEntry? last) =>
            All = [.. Enumerable.Range(0, Partitions).Select(p => new PartitionBook(last?.ClosedThrough ?? BillingHour.None, last?.Through[p] ?? -1))];

        public PartitionBook[] All { get; }

        public long[] Revisions => [.. _replays.Select(r => r.Revision)];

        public void Read(IEnumerable<LogEvent> events)
        {
            foreach (var e in events)
            {
                var replay = _replays[e.Partition];
                if (!replay.Apply(replay.Revision + 1, ClicksRecorded.EventType, Bytes(e), default, -1, All[e.Partition])) All[e.Partition].Refuse(replay.Revision);
            }
        }

        public IReadOnlyList<LedgerEntry> Close(int through, LedgerEntry? last, bool evenIfEmpty = false)
        {
            var entries = new HourClose(through, 1_000, -1, new DedupOptions()).Entries(All, Revisions, last, evenIfEmpty);
            if (entries.Count == 0) return entries;
            for (var p = 0; p < Partitions; p++) All[p].Close(through, Revisions[p]);
            return entries;
        }
    }
}

/// <summary>An event of the made-up log.</summary>
internal sealed record LogEvent(int Partition, (int Ad, int Visitor, long TimeMs, int Crawler)[] Clicks, bool IsBroken);
