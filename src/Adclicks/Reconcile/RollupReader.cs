using System.Globalization;
using System.Net;
using System.Text.Json;
using Adclicks.Domain.Billing;
using Adclicks.Domain.Rollups;
using Adclicks.Projections.Reconciliation;

namespace Adclicks.Reconcile;

/// <summary>Reads the rollups of the active generation the way everybody does: from the reports over HTTP, in pages.</summary>
internal sealed class RollupReader(HttpClient http)
{
    private const int PageRows = 20_000;
    private static readonly TimeSpan MaxRange = TimeSpan.FromDays(90), MaxRangeByMinute = TimeSpan.FromDays(7);
    private readonly List<Difference> _unreadable = [];

    /// <summary>Tables with rows that the reports cannot read, and when.</summary>
    public IReadOnlyList<Difference> Unreadable => _unreadable;

    /// <summary>The first and the last day with clicks in the reports; null where there are none.</summary>
    public async Task<(DateTimeOffset From, DateTimeOffset To)?> ExtentAsync(CancellationToken cancellationToken)
    {
        using var document = await GetAsync("/reports/clicks/extent", cancellationToken);
        var root = document.RootElement;
        return root.GetProperty("from").ValueKind == JsonValueKind.Null ? null : (root.GetProperty("from").GetDateTimeOffset(), root.GetProperty("to").GetDateTimeOffset());
    }

    /// <summary>Adds the answer to a question to <paramref name="rows"/>. Hours (of a table by day, days) that cannot be read stay empty.</summary>
    public async Task ReadAsync(int number, RollupQuestion question, (long FromMs, long ToMs) range, Dictionary<RollupKey, RollupCounts> rows, CancellationToken cancellationToken)
    {
        var step = (long)(question.Granularity == Granularity.Minute ? MaxRangeByMinute : MaxRange).TotalMilliseconds;
        for (var from = range.FromMs; from < range.ToMs; from += step) await ReadPartAsync(number, question, (from, Math.Min(from + step, range.ToMs)), rows, cancellationToken);
    }

    private async Task ReadPartAsync(int number, RollupQuestion question, (long FromMs, long ToMs) part, Dictionary<RollupKey, RollupCounts> rows, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var (key, counts) in await ReadPagesAsync(number, question, part, cancellationToken)) rows[key] = rows.GetValueOrDefault(key) + counts;
        }
        catch (DamagedRowException e)
        {
            var unit = Math.Max(question.Granularity.LengthMs(), BillingHour.Ms);
            var units = (part.ToMs - part.FromMs) / unit;
            if (units <= 1)
            {
                _unreadable.Add(new Difference(Difference.Rollups, BillingHour.Of(part.FromMs), null, question.Table, "rows", e.Message));
                return;
            }

            var middle = part.FromMs + (units / 2 * unit);
            await ReadPartAsync(number, question, (part.FromMs, middle), rows, cancellationToken);
            await ReadPartAsync(number, question, (middle, part.ToMs), rows, cancellationToken);
        }
    }

    private async Task<Dictionary<RollupKey, RollupCounts>> ReadPagesAsync(int number, RollupQuestion question, (long FromMs, long ToMs) part, CancellationToken cancellationToken)
    {
        var rows = new Dictionary<RollupKey, RollupCounts>();
        var names = question.Dimensions.Select(d => d.Name()).ToArray();
        var path = string.Create(CultureInfo.InvariantCulture, $"/reports/clicks/timeseries?start_time={part.FromMs}&end_time={part.ToMs}&granularity={question.Granularity.Name()}")
            + $"&dimensions={string.Join(',', names)}&metrics=gross_click_count,click_count,fraudulent_click_count&limit={PageRows}";
        for (string? next = ""; next is not null;)
        {
            using var document = await GetAsync(next.Length == 0 ? path : $"{path}&cursor={next}", cancellationToken);
            foreach (var row in document.RootElement.GetProperty("rows").EnumerateArray()) Add(number, names, row, rows);
            next = document.RootElement.TryGetProperty("next", out var cursor) ? cursor.GetString() : null;
        }

        return rows;
    }

    /// <summary>Clicks by hour and verdict, as the reports have them.</summary>
    public async Task<Dictionary<(int Hour, string Verdict), long>> VerdictsAsync((int From, int To) hours, CancellationToken cancellationToken)
    {
        var verdicts = new Dictionary<(int, string), long>();
        var step = (int)MaxRange.TotalHours;
        for (var from = hours.From; from < hours.To; from += step)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"/reports/clicks/verdicts?granularity=hour&start_time={BillingHour.StartMs(from)}&end_time={BillingHour.StartMs(Math.Min(from + step, hours.To))}");
            using var document = await GetAsync(path, cancellationToken);
            foreach (var row in document.RootElement.GetProperty("rows").EnumerateArray())
                verdicts[(BillingHour.Of(row.GetProperty("time").GetDateTimeOffset()), row.GetProperty("verdict").GetString()!)] = row.GetProperty("clicks").GetInt64();
        }

        return verdicts;
    }

    private static void Add(int number, string[] names, JsonElement row, Dictionary<RollupKey, RollupCounts> rows)
    {
        var key = new RollupKey(number, row.GetProperty("time").GetDateTimeOffset().ToUnixTimeMilliseconds(), string.Join('\n', names.Select(n => row.GetProperty(n).GetString())));
        rows[key] = rows.GetValueOrDefault(key)
            + new RollupCounts(row.GetProperty("gross_click_count").GetInt64(), row.GetProperty("click_count").GetInt64(), row.GetProperty("fraudulent_click_count").GetInt64());
    }

    private async Task<JsonDocument> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        if (response.StatusCode == HttpStatusCode.InternalServerError && DamagedRow(body) is { } damage) throw new DamagedRowException(damage);
        if (!response.IsSuccessStatusCode) throw new HttpRequestException($"{path} answers {(int)response.StatusCode}: {body}");
        return JsonDocument.Parse(body);
    }

    /// <summary>What the reports say of a row that they cannot read: a problem that names the table.</summary>
    private static string? DamagedRow(string body)
    {
        try
        {
            using var problem = JsonDocument.Parse(body);
            return problem.RootElement.TryGetProperty("table", out _) ? problem.RootElement.GetProperty("detail").GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed class DamagedRowException(string detail) : Exception(detail);
}
