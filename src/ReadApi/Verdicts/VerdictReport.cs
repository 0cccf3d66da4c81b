using Adclicks.Domain.Rollups;
using Adclicks.ReadApi.Queries;
using Adclicks.ReadApi.Rest;

namespace Adclicks.ReadApi.Verdicts;

/// <summary>How many clicks came to which verdict in a range.</summary>
/// <param name="From">Start of an hour or day, UTC.</param>
/// <param name="To">Not included; start of an hour or day, UTC.</param>
/// <param name="Granularity">Hour or day.</param>
internal sealed record VerdictQuery(DateTimeOffset From, DateTimeOffset To, Granularity Granularity)
{
    /// <summary>What a question is made of.</summary>
    public static IReadOnlyList<string> Parameters { get; } = ["start_time", "end_time", "granularity"];

    private static readonly string[] Granularities = ["hour", "day"];

    /// <summary>Reads a question. The range is rounded outwards to whole buckets.</summary>
    /// <exception cref="ReportQueryException">It is not answerable, or would cost too much.</exception>
    public static VerdictQuery Read(ReportParameters parameters, RequestContext context)
    {
        var granularity = parameters.Granularity("granularity") ?? Granularity.Hour;
        if (granularity == Granularity.Minute) throw new ReportQueryException("granularity", "Verdicts are counted by the hour.", Granularities);
        var from = parameters.Instant("start_time", TimeZoneInfo.Utc)
            ?? throw new ReportQueryException("start_time", "The start of the range is needed.");
        var to = parameters.Instant("end_time", TimeZoneInfo.Utc) ?? context.Now;
        if (to <= from) throw new ReportQueryException("end_time", "The end of the range must come after its start.");
        var days = granularity == Granularity.Hour ? context.Options.MaxDaysByHour : context.Options.MaxDays;
        if ((to - from).TotalDays > days)
            throw new ReportQueryException("start_time", $"At most {days} days can be asked for {(granularity == Granularity.Hour ? "by hour; ask for a shorter range, or by day" : "at once")}.");
        return new VerdictQuery(Floor(from, granularity), Floor(to.AddMilliseconds(granularity.LengthMs() - 1), granularity), granularity);
    }

    private static DateTimeOffset Floor(DateTimeOffset time, Granularity granularity) =>
        DateTimeOffset.FromUnixTimeMilliseconds(granularity.BucketOf(time.ToUnixTimeMilliseconds()));
}

/// <summary>The answer, by time and then by verdict.</summary>
internal sealed record VerdictReport(int Generation, DateTimeOffset? FreshUntil, IReadOnlyList<VerdictRow> Rows);

/// <summary>Clicks of one verdict in one bucket.</summary>
/// <param name="Time">Start of the bucket.</param>
/// <param name="Verdict"><c>counted</c>, <c>marked:RULE</c> or <c>duplicate:KIND</c>.</param>
/// <param name="Clicks">How many.</param>
internal sealed record VerdictRow(DateTimeOffset Time, string Verdict, long Clicks)
{
    /// <summary><c>counted</c>, <c>marked</c> (counted as well) or <c>duplicate</c>.</summary>
    public string Kind => Verdict.Split(':', 2)[0];

    /// <summary>The rule that marked, or what it is a duplicate by; empty for the others.</summary>
    public string Reason => Verdict.Split(':', 2) is [_, var reason] ? reason : "";
}
