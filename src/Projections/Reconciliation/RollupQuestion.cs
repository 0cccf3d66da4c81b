using Adclicks.Domain.Rollups;

namespace Adclicks.Projections.Reconciliation;

/// <summary>A question to the reports that one rollup table answers, so that asking all of them looks at every table.</summary>
/// <param name="Granularity">The buckets.</param>
/// <param name="Dimensions">Such that the narrowest cuboid with all of them is the one meant.</param>
public sealed record RollupQuestion(Granularity Granularity, IReadOnlyList<Dimension> Dimensions)
{
    /// <summary>The question that names hour, advertiser, campaign and ad.</summary>
    public static RollupQuestion ByAd { get; } = new(Granularity.Hour, [Dimension.Advertiser, Dimension.Campaign, Dimension.Ad]);

    private static readonly IReadOnlyList<Dimension>[] Wide =
        [ByAd.Dimensions, [Dimension.Ad], [Dimension.Campaign], [Dimension.Campaign, Dimension.DeviceType], [Dimension.Advertiser, Dimension.Publisher], [Dimension.Advertiser, Dimension.Region]];

    private static readonly IReadOnlyList<Dimension>[] Narrow = [[Dimension.Os], [Dimension.Ad], [Dimension.Campaign], [Dimension.Publisher], [Dimension.Region]];

    /// <summary>Those to ask; minutes only where wanted, as there are many.</summary>
    public static IReadOnlyList<RollupQuestion> All(bool withMinutes) =>
    [
        .. Wide.Select(d => new RollupQuestion(Granularity.Hour, d)),
        .. Wide.Select(d => new RollupQuestion(Granularity.Day, d)),
        .. withMinutes ? Narrow.Select(d => new RollupQuestion(Granularity.Minute, d)) : [],
    ];

    /// <summary>The table that answers it.</summary>
    public string Table => Cuboids.All.Where(c => c.Granularities.Contains(Granularity) && c.Covers(Dimensions)).MinBy(c => c.Dimensions.Count)!.TableName(Granularity);

    /// <summary>The whole buckets of a range of hours, in Unix milliseconds: the first, and the end of the last.</summary>
    public (long FromMs, long ToMs) Within(int fromHour, int toHour)
    {
        var length = Math.Max(Granularity.LengthMs(), Domain.Billing.BillingHour.Ms);
        var (from, to) = (Domain.Billing.BillingHour.StartMs(fromHour), Domain.Billing.BillingHour.StartMs(toHour));
        return ((from + length - 1) / length * length, to / length * length);
    }
}

/// <summary>A row of an answer.</summary>
/// <param name="Question">What was asked.</param>
/// <param name="BucketMs">When the bucket begins, in Unix milliseconds.</param>
/// <param name="Values">One per dimension, with a line feed between them.</param>
public readonly record struct RollupKey(int Question, long BucketMs, string Values);

/// <summary>The counters of rollups.</summary>
public readonly record struct RollupCounts(long Gross, long Clicks, long Fraudulent)
{
    /// <summary>The sum.</summary>
    public static RollupCounts operator +(RollupCounts a, RollupCounts b) => new(a.Gross + b.Gross, a.Clicks + b.Clicks, a.Fraudulent + b.Fraudulent);

    /// <inheritdoc/>
    public override string ToString() => $"gross {Gross}, counted {Clicks}, fraudulent {Fraudulent}";
}
