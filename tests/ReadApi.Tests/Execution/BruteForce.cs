using System.Globalization;
using Adclicks.Domain.Rollups;
using Adclicks.ReadApi.Execution;
using Adclicks.ReadApi.Queries;

namespace Adclicks.ReadApi.Tests.Execution;

/// <summary>Answers a question by looking at every click. Rows are text, so that a difference can be read.</summary>
public static class BruteForce
{
    public static IReadOnlyList<string> Answer(IEnumerable<TestClick> clicks, ReportQuery query, ReportScope scope)
    {
        var rows = Rows(clicks, query, scope);
        if (query.CompareFrom is not { } start) return [.. Taken(rows, query).Select(row => Text(row.Key.Time, row.Key.Values, query, metric => row.Value[metric]))];

        // Bucket by bucket, as far into the one period as into the other; a ranking keeps its rows.
        var period = query with { From = Floor(start.UtcDateTime), To = Floor(start.UtcDateTime) + (Ceiling(query.To) - Floor(query.From.UtcDateTime)), RankBy = null, Limit = null };
        var (places, otherPlaces) = (Labels(query), Labels(period));
        var others = Rows(clicks, period, scope).Where(row => otherPlaces.IndexOf(row.Key.Time) < places.Count)
            .ToDictionary(row => (Time: places[otherPlaces.IndexOf(row.Key.Time)], row.Key.Values), row => row.Value);
        if (query.RankBy is null)
        {
            foreach (var key in others.Keys) rows.TryAdd(key, Count([], query));
        }

        return [.. Taken(rows, query).Select(row => Text(row.Key.Time, row.Key.Values, query, metric => row.Value[metric])
            + Compared(query, metric => others.TryGetValue(row.Key, out var other) ? other[metric] : 0))];
    }

    private static IEnumerable<KeyValuePair<(string Time, string Values), Dictionary<Metric, long>>> Taken(
        Dictionary<(string Time, string Values), Dictionary<Metric, long>> rows, ReportQuery query) => (query.RankBy is { } by
        ? rows.OrderByDescending(row => row.Value[by]).ThenBy(row => row.Key.Values, StringComparer.Ordinal)
        : rows.OrderBy(row => row.Key.Time, StringComparer.Ordinal).ThenBy(row => row.Key.Values, StringComparer.Ordinal)).Take(query.Limit ?? int.MaxValue);

    /// <summary>The labels of the range's buckets, in order.</summary>
    private static List<string> Labels(ReportQuery query)
    {
        var labels = new List<string>();
        for (var minute = Floor(query.From.UtcDateTime); minute < Ceiling(query.To); minute = minute.AddMinutes(1))
        {
            var label = Bucket(minute, query);
            if (labels.Count == 0 || labels[^1] != label) labels.Add(label);
        }

        return labels;
    }

    private static Dictionary<(string Time, string Values), Dictionary<Metric, long>> Rows(IEnumerable<TestClick> clicks, ReportQuery query, ReportScope scope)
    {
        var from = Floor(query.From.UtcDateTime);
        var to = Ceiling(query.To);
        var counted = clicks.Where(click => click.Time >= from && click.Time < to
            && query.Filters.All(filter => filter.Accepts(click[filter.Dimension]))
            && (scope.Filter is null || scope.Filter.Accepts(click[scope.Filter.Dimension]))).ToList();
        var rows = counted
            .GroupBy(click => (Time: Bucket(click.Time, query), Values: string.Join('\0', query.Dimensions.Select(d => click[d]))))
            .ToDictionary(group => group.Key, group => Count(group, query));

        if (query is { Granularity: null, Dimensions.Count: 0 }) rows.TryAdd(("", ""), Count([], query));
        if (query is { Granularity: not null, FillGaps: true })
        {
            var combinations = query.Dimensions.Count == 0 ? [""] : rows.Keys.Select(key => key.Values).Distinct().ToList();
            for (var minute = from; minute < to; minute = minute.AddMinutes(1))
            {
                foreach (var values in combinations) rows.TryAdd((Bucket(minute, query), values), Count([], query));
            }
        }

        return rows;
    }

    public static IReadOnlyList<string> Text(ReportResult result, ReportQuery query) => [.. result.Rows.Select(row => Text(
        row.Time is { } time ? Label(time, query.Granularity) : "", string.Join('\0', row.Values), query, metric => row[metric])
        + (row.Compared is { } compared ? Compared(query, metric => compared[metric]) : ""))];

    private static string Text(string time, string values, ReportQuery query, Func<Metric, long> value) =>
        $"{time} [{values.Replace('\0', ';')}] {string.Join(' ', query.Metrics.Select(metric => $"{metric.Name()}={value(metric)}"))}";

    private static string Compared(ReportQuery query, Func<Metric, long> value) =>
        $" against {string.Join(' ', query.Metrics.Select(metric => $"{metric.Name()}={value(metric)}"))}";

    private static Dictionary<Metric, long> Count(IEnumerable<TestClick> group, ReportQuery query)
    {
        var clicks = group.ToList();
        var counted = clicks.Where(click => !click.Duplicate).ToList();
        var fraudulent = counted.Count(click => click.Fraudulent);
        return new Dictionary<Metric, long>
        {
            [Metric.GrossClickCount] = clicks.Count,
            [Metric.ClickCount] = counted.Count,
            [Metric.BillableClickCount] = counted.Count - fraudulent,
            [Metric.FraudulentClickCount] = fraudulent,
            [Metric.DuplicateClickCount] = clicks.Count - counted.Count,
            [Metric.UniqueUsers] = query.WantsUniques ? Estimate(counted.Select(click => click.Visitor)) : 0,
            [Metric.UniqueIps] = query.WantsUniques ? Estimate(counted.Select(click => click.Address)) : 0,
        };
    }

    private static long Estimate(IEnumerable<ulong> hashes)
    {
        var sketch = RollupDatabase.Sketch(hashes);
        return (long)Math.Round(sketch.Cardinality());
    }

    private static string Bucket(DateTime instant, ReportQuery query)
    {
        if (query.Granularity is null) return "";
        return Label(TimeZoneInfo.ConvertTime(new DateTimeOffset(instant, TimeSpan.Zero), query.TimeZone), query.Granularity);
    }

    /// <summary>Sorts as time does; an hour that comes twice differs by its offset, the later having the smaller.</summary>
    private static string Label(DateTimeOffset local, Granularity? granularity)
    {
        var format = granularity switch
        {
            Granularity.Day => "yyyy-MM-dd",
            Granularity.Hour => "yyyy-MM-dd HH'h'",
            _ => "yyyy-MM-dd HH:mm",
        };
        return local.ToString(format, CultureInfo.InvariantCulture);
    }

    private static DateTime Ceiling(DateTimeOffset time) => Floor(time.UtcDateTime.AddTicks(TimeSpan.TicksPerMinute - 1));

    private static DateTime Floor(DateTime time) => new(time.Ticks / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, DateTimeKind.Utc);
}
