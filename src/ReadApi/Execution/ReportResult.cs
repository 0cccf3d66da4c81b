using Adclicks.ReadApi.Queries;

namespace Adclicks.ReadApi.Execution;

/// <summary>An answer.</summary>
/// <param name="Generation">The read models it was taken from.</param>
/// <param name="FreshUntil">Every click acknowledged before this instant is counted; null before the first is.</param>
/// <param name="Rows">In the order asked for.</param>
/// <param name="HasMore">Whether the limit cut off rows that a further page would have.</param>
/// <param name="State">How settled the whole range is.</param>
public sealed record ReportResult(int Generation, DateTimeOffset? FreshUntil, IReadOnlyList<ReportRow> Rows, bool HasMore, BucketState State);

/// <summary>How settled the counts of a bucket are, or of what is asked for of it.</summary>
/// <param name="IsComplete">Every click acknowledged before its end is counted; only late ones can still come.</param>
/// <param name="FinalAt">When its last hour was closed for billing: what changed after is in a statement. Null while it is open.</param>
public readonly record struct BucketState(bool IsComplete, DateTimeOffset? FinalAt);

/// <summary>One row of an answer.</summary>
/// <param name="Time">Where the bucket begins; null without a granularity.</param>
/// <param name="Bucket">The bucket's place in the range, from 0.</param>
/// <param name="Values">One value per dimension asked for; the empty string is unknown.</param>
/// <param name="Gross">Clicks, duplicates included.</param>
/// <param name="Clicks">Clicks that are not duplicates.</param>
/// <param name="Fraudulent">The marked ones among <paramref name="Clicks"/>.</param>
/// <param name="UniqueUsers">Estimate; 0 unless asked for.</param>
/// <param name="UniqueIps">Estimate; 0 unless asked for.</param>
public sealed record ReportRow(
    DateTimeOffset? Time,
    int Bucket,
    IReadOnlyList<string> Values,
    long Gross,
    long Clicks,
    long Fraudulent,
    long UniqueUsers,
    long UniqueIps)
{
    /// <summary>The same row of the period compared with; null without a comparison, zeros where it had none.</summary>
    public ReportRow? Compared { get; init; }

    /// <summary>How settled the row's bucket is.</summary>
    public BucketState State { get; init; }

    /// <summary>The value of a metric.</summary>
    public long this[Metric metric] => metric switch
    {
        Metric.GrossClickCount => Gross,
        Metric.ClickCount => Clicks,
        Metric.BillableClickCount => Clicks - Fraudulent,
        Metric.FraudulentClickCount => Fraudulent,
        Metric.DuplicateClickCount => Gross - Clicks,
        Metric.UniqueUsers => UniqueUsers,
        _ => UniqueIps,
    };
}
