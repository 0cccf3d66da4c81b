using Adclicks.Domain.Billing;
using Adclicks.Domain.Rollups;
using Adclicks.Projections.Reconciliation;

namespace Adclicks.Reconcile;

/// <summary>Compares what the reports say with what a replay gives.</summary>
internal static class RollupComparison
{
    /// <summary>The differences, with the advertiser where the question names it or only one can be meant.</summary>
    public static IReadOnlyList<Difference> Compare(
        IReadOnlyList<RollupQuestion> questions, Dictionary<RollupKey, RollupCounts> expected, Dictionary<RollupKey, RollupCounts> found)
    {
        var differing = expected.Keys.Union(found.Keys).Where(k => expected.GetValueOrDefault(k) != found.GetValueOrDefault(k)).ToList();
        return [.. differing.OrderBy(k => k.BucketMs).ThenBy(k => k.Question).ThenBy(k => k.Values, StringComparer.Ordinal).Select(key => new Difference(
            Difference.Rollups,
            BillingHour.Of(key.BucketMs),
            AdvertiserOf(key, questions[key.Question], expected),
            $"{questions[key.Question].Table}{Minute(key, questions)}: {Subject(key, questions[key.Question])}",
            expected.TryGetValue(key, out var should) ? should.ToString() : "none",
            found.TryGetValue(key, out var does) ? does.ToString() : "none"))];
    }

    /// <summary>The differences of the table of verdicts, which knows no advertisers.</summary>
    public static IReadOnlyList<Difference> Compare(IReadOnlyDictionary<(int Hour, string Verdict), long> expected, Dictionary<(int Hour, string Verdict), long> found) =>
    [
        .. expected.Keys.Union(found.Keys).Where(k => expected.GetValueOrDefault(k) != found.GetValueOrDefault(k)).Order()
            .Select(k => new Difference(Difference.Rollups, k.Hour, null, $"verdicts: {k.Verdict}", $"{expected.GetValueOrDefault(k)}", $"{found.GetValueOrDefault(k)}")),
    ];

    private static string Minute(RollupKey key, IReadOnlyList<RollupQuestion> questions) =>
        questions[key.Question].Granularity == Granularity.Minute ? $" {DateTimeOffset.FromUnixTimeMilliseconds(key.BucketMs):HH:mm}" : "";

    private static string Subject(RollupKey key, RollupQuestion question) =>
        string.Join(", ", question.Dimensions.Zip(key.Values.Split('\n'), (d, v) => $"{d.Name()}={v}"));

    /// <summary>Of an ad or a campaign: by the clicks of the same bucket.</summary>
    private static string? AdvertiserOf(RollupKey key, RollupQuestion question, Dictionary<RollupKey, RollupCounts> expected)
    {
        var values = key.Values.Split('\n');
        var at = question.Dimensions.ToList().IndexOf(Dimension.Advertiser);
        if (at >= 0) return values[at];
        var (place, value) = question.Dimensions[0] == Dimension.Ad ? (2, values[0]) : question.Dimensions[0] == Dimension.Campaign ? (1, values[0]) : (-1, "");
        if (place < 0) return null;
        var length = question.Granularity.LengthMs();
        var advertisers = expected.Keys
            .Where(k => k.Question == 0 && (k.BucketMs / Math.Max(length, BillingHour.Ms)) == (key.BucketMs / Math.Max(length, BillingHour.Ms)))
            .Select(k => k.Values.Split('\n')).Where(v => v[place] == value).Select(v => v[0]).Distinct().Take(2).ToList();
        return advertisers.Count == 1 ? advertisers[0] : null;
    }
}
