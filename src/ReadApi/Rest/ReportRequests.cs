using Adclicks.Domain.Rollups;
using Adclicks.ReadApi.Queries;

namespace Adclicks.ReadApi.Rest;

/// <summary>A question, and the names under which its dimensions are answered.</summary>
/// <param name="Query">The question.</param>
/// <param name="DimensionNames">One name per dimension of the query, as the caller wrote it.</param>
public sealed record ReportRequest(ReportQuery Query, IReadOnlyList<string> DimensionNames);

/// <summary>A kind of report: its path, the parameters it takes, and the question they make.</summary>
/// <param name="Path">Below <c>/reports/clicks</c>.</param>
/// <param name="Summary">One sentence for the API's description.</param>
/// <param name="Parameters">Every parameter it takes.</param>
/// <param name="Read">Makes the question.</param>
public sealed record ReportKind(
    string Path,
    string Summary,
    IReadOnlyList<string> Parameters,
    Func<ReportParameters, RequestContext, ReportRequest> Read);

/// <summary>What a question depends on besides its parameters.</summary>
/// <param name="Now">The end of a range that gives none.</param>
/// <param name="Options">The bounds.</param>
public readonly record struct RequestContext(DateTimeOffset Now, ReadApiOptions Options);

/// <summary>The kinds of reports there are.</summary>
public static class ReportKinds
{
    private const int DefaultTopN = 10;

    private static readonly string[] Common =
        ["start_time", "end_time", "time_zone", "filters", "metrics", "compare"];

    /// <summary>Counts per bucket, and per combination of <c>dimensions</c> where given.</summary>
    public static ReportKind TimeSeries { get; } = new(
        "timeseries", "Clicks over time, by minute, hour or day.",
        [.. Common, "granularity", "dimensions", "fill_gaps", "limit", "cursor"], ReadTimeSeries);

    /// <summary>The values of one dimension with the most of one metric.</summary>
    public static ReportKind TopN { get; } = new(
        "topN", "The values of one dimension that have the most of one metric.",
        [.. Common, "dimension", "metric", "top_n"], ReadTopN);

    /// <summary>One row over the whole range.</summary>
    public static ReportKind Totals { get; } = new("totals", "One row of counts over the whole range.", Common, ReadTotals);

    /// <summary>One row per combination of several dimensions over the whole range.</summary>
    public static ReportKind Breakdown { get; } = new(
        "breakdown", "One row per combination of dimensions; ranked where a metric is given.",
        [.. Common, "dimensions", "metric", "limit", "cursor"], ReadBreakdown);

    /// <summary>All that give one answer.</summary>
    public static IReadOnlyList<ReportKind> All { get; } = [TimeSeries, TopN, Totals, Breakdown];

    /// <summary>Totals again and again; from the start of today, and up to now each time, where no range is given.</summary>
    public static ReportKind Stream { get; } = new(
        "stream", "The totals, and the new ones whenever clicks have been counted, as server-sent events.", Common, ReadStream);

    private static ReportRequest ReadTimeSeries(ReportParameters parameters, RequestContext context)
    {
        var dimensions = parameters.Dimensions("dimensions");
        return Request(dimensions, Start(parameters, context) with
        {
            Granularity = parameters.Granularity("granularity") ?? Granularity.Hour,
            FillGaps = parameters.Flag("fill_gaps"),
            Limit = parameters.Number("limit"),
        });
    }

    private static ReportRequest ReadTopN(ReportParameters parameters, RequestContext context)
    {
        var dimensions = parameters.Dimensions("dimension");
        if (dimensions.Count != 1)
            throw new ReportQueryException("dimension", "Exactly one dimension is needed.", ReportParameters.DimensionNames);
        var top = parameters.Number("top_n") ?? DefaultTopN;
        if (top < 1 || top > context.Options.MaxTopN)
            throw new ReportQueryException("top_n", $"The number of rows must lie between 1 and {context.Options.MaxTopN}.");
        return Request(dimensions, Start(parameters, context) with
        {
            RankBy = Rank(parameters) ?? Metric.ClickCount,
            Limit = top,
        });
    }

    private static ReportRequest ReadTotals(ReportParameters parameters, RequestContext context) =>
        Request([], Start(parameters, context));

    private static ReportRequest ReadStream(ReportParameters parameters, RequestContext context) =>
        Request([], Start(parameters, context, TimeParameters.StartOfDay(context.Now, parameters.Zone("time_zone"))));

    private static ReportRequest ReadBreakdown(ReportParameters parameters, RequestContext context)
    {
        var dimensions = parameters.Dimensions("dimensions");
        if (dimensions.Count == 0)
            throw new ReportQueryException("dimensions", "At least one dimension is needed.", ReportParameters.DimensionNames);
        return Request(dimensions, Start(parameters, context) with
        {
            RankBy = Rank(parameters),
            Limit = parameters.Number("limit"),
        });
    }

    private static ReportRequest Request(IReadOnlyList<(string Name, Dimension Dimension)> dimensions, ReportQuery query) =>
        new(query with { Dimensions = [.. dimensions.Select(named => named.Dimension)] }, [.. dimensions.Select(named => named.Name)]);

    private static Metric? Rank(ReportParameters parameters)
    {
        var ranks = parameters.Metrics("metric");
        if (ranks.Count > 1) throw new ReportQueryException("metric", "Only one metric ranks.", Metrics.Names);
        return ranks.Count == 1 ? ranks[0] : null;
    }

    private static ReportQuery Start(ReportParameters parameters, RequestContext context, DateTimeOffset? defaultFrom = null)
    {
        var zone = parameters.Zone("time_zone");
        var metrics = parameters.Metrics("metrics");
        var from = parameters.Instant("start_time", zone) ?? defaultFrom
            ?? throw new ReportQueryException("start_time", "The start of the range is needed.");
        var to = parameters.Instant("end_time", zone) ?? context.Now;
        return new ReportQuery
        {
            From = from,
            To = to,
            TimeZone = zone,
            Filters = FilterParameter.Parse(parameters.Text("filters")),
            Metrics = metrics.Count > 0 ? metrics : Metrics.All,
            CompareFrom = parameters.Text("compare") == "previous_period" ? from - (to - from) : parameters.Instant("compare", zone),
            After = parameters.Cursor("cursor"),
        };
    }
}
