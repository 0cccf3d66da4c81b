using System.Text;
using Adclicks.Domain.Billing;
using Adclicks.Domain.Dedup;
using Adclicks.Domain.Reference;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;

namespace Adclicks.Projections.Explanation;

/// <summary>Which clicks are behind a number.</summary>
/// <param name="FromMs">Where the bucket begins, in Unix milliseconds.</param>
/// <param name="ToMs">Where it ends.</param>
/// <param name="AdvertiserId">Only of this one; null for all.</param>
/// <param name="CampaignId">Only of this one; null for all.</param>
/// <param name="AdId">Only of this one; null for all.</param>
public sealed record BucketFilter(long FromMs, long ToMs, string? AdvertiserId, string? CampaignId, string? AdId);

/// <summary>A click of a bucket.</summary>
public sealed record ListedClick(ClickAddress Address, string ClickId, DateTimeOffset ClickedAt, string AdvertiserId, string CampaignId, string AdId, string Verdict);

/// <summary>Lists the clicks behind a number, by replaying the log.</summary>
public static class BucketListing
{
    /// <summary>The clicks, by time.</summary>
    public static async Task<IReadOnlyList<ListedClick>> ListAsync(
        IEventLog log, int partitions, ReferenceHistory reference, DedupOptions dedup, BucketFilter filter, int readers, CancellationToken cancellationToken)
    {
        var covered = await CoveredReplay.OpenAsync(log, reference, dedup, cancellationToken);
        var all = filter.AdId is { } ad ? [Partitioner.PartitionOf(ad, partitions)] : Enumerable.Range(0, partitions);
        var listed = new List<ListedClick>();
        await Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = readers, CancellationToken = cancellationToken }, async (p, stop) =>
        {
            var sink = new Sink(filter);
            await covered.ReadAsync(p, long.MaxValue, sink, next: null, stop);
            lock (listed) listed.AddRange(sink.Clicks);
        });
        return [.. listed.OrderBy(c => c.ClickedAt).ThenBy(c => c.Address.Partition).ThenBy(c => c.Address.Revision).ThenBy(c => c.Address.Index)];
    }

    private sealed class Sink(BucketFilter filter) : IJudgedClicks
    {
        public List<ListedClick> Clicks { get; } = [];

        public void Add(in JudgedClick click)
        {
            if (click.Click.ClickedAtMs < filter.FromMs || click.Click.ClickedAtMs >= filter.ToMs) return;
            var listed = new ListedClick(
                new ClickAddress(click.Partition, click.Revision, click.Index), Encoding.UTF8.GetString(click.Click.EventId), DateTimeOffset.FromUnixTimeMilliseconds(click.Click.ClickedAtMs),
                Encoding.UTF8.GetString(click.AdvertiserId), Encoding.UTF8.GetString(click.CampaignId), Encoding.UTF8.GetString(click.Click.AdId), click.Verdict.Name);
            if ((filter.AdvertiserId ?? listed.AdvertiserId) == listed.AdvertiserId && (filter.CampaignId ?? listed.CampaignId) == listed.CampaignId && (filter.AdId ?? listed.AdId) == listed.AdId) Clicks.Add(listed);
        }
    }
}
