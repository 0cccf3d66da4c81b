using Adclicks.Domain.Billing;
using Adclicks.Domain.Dedup;
using Adclicks.Domain.Rollups;
using Adclicks.EventStore;
using Adclicks.Projections.Explanation;
using Adclicks.Projections.Reconciliation;

namespace Adclicks.Reconcile;

/// <summary>What a check of a sample came to.</summary>
/// <param name="Clicks">Explained, each for itself.</param>
/// <param name="Buckets">Hours of an ad that they are all the clicks of.</param>
/// <param name="Verdicts">Clicks by what was said of them.</param>
/// <param name="Differences">Where they do not add up to the reports.</param>
internal sealed record SampleResult(int Clicks, int Buckets, IReadOnlyDictionary<string, int> Verdicts, IReadOnlyList<string> Differences);

/// <summary>Explains clicks drawn at random, bucket by bucket, and compares their sums with the reports, over HTTP like everybody.</summary>
internal static class SampleCheck
{
    /// <summary>Draws, explains and compares.</summary>
    /// <param name="log">The log.</param>
    /// <param name="http">Where the reports are.</param>
    /// <param name="clicks">As many clicks at least, if there are.</param>
    /// <param name="seed">Another one draws others.</param>
    /// <param name="now">Hours that are not over are left out.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<SampleResult> RunAsync(IEventLog log, HttpClient http, int clicks, int seed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (reference, settings) = await ReferenceReplay.ReadAsync(log, cancellationToken);
        var buckets = await BucketSample.DrawAsync(log, settings?.Partitions ?? 0, reference, clicks, seed, BillingHour.Of(now), cancellationToken);
        var explained = await new ClickExplainer(log, reference, new DedupOptions()).ExplainAsync(buckets.Values.SelectMany(b => b), Environment.ProcessorCount, cancellationToken);
        var sums = explained.GroupBy(e => (BillingHour.Of(e.Counted.Hour), (string)e.Said["ad_id"]))
            .ToDictionary(g => g.Key, g => g.Aggregate(new RollupCounts(), (sum, e) => sum + new RollupCounts(e.Counted.Gross, e.Counted.Click, e.Counted.Fraudulent)));
        var reports = await ReportsAsync(http, sums.Keys.Select(k => k.Item1).Distinct(), cancellationToken);
        var differences = sums
            .Where(s => reports.GetValueOrDefault(s.Key) != s.Value)
            .Select(s => $"{BillingHour.Text(s.Key.Item1)}, {s.Key.Item2}: explained {s.Value}; reports {reports.GetValueOrDefault(s.Key)}");
        return new SampleResult(explained.Count, buckets.Count, explained.CountBy(e => e.Verdict).ToDictionary(), [.. differences]);
    }

    private static async Task<Dictionary<(int Hour, string AdId), RollupCounts>> ReportsAsync(HttpClient http, IEnumerable<int> hours, CancellationToken cancellationToken)
    {
        var rows = new Dictionary<RollupKey, RollupCounts>();
        var reader = new RollupReader(http);
        var byAd = new RollupQuestion(Granularity.Hour, [Dimension.Ad]);
        foreach (var hour in hours) await reader.ReadAsync(0, byAd, (BillingHour.StartMs(hour), BillingHour.StartMs(hour + 1)), rows, cancellationToken);
        return rows.ToDictionary(r => (BillingHour.Of(DateTimeOffset.FromUnixTimeMilliseconds(r.Key.BucketMs)), r.Key.Values), r => r.Value);
    }
}
