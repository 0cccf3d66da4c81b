using System.Globalization;
using System.Text;
using Adclicks.Domain.Text;
using Adclicks.ReadApi.Execution;

namespace Adclicks.ReadApi.Rest;

/// <summary>
/// Writes an answer as CSV (RFC 4180): a line of names, then a line per row. A value that a spreadsheet would take for a
/// formula gets an apostrophe in front.
/// </summary>
internal static class ReportCsv
{
    public static byte[] Write(ReportRequest request, ReportResult result)
    {
        var text = new StringBuilder(1024);
        text.AppendJoin(',', Header(request)).Append("\r\n");
        foreach (var row in result.Rows) text.AppendJoin(',', Cells(request, row)).Append("\r\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static IEnumerable<string> Header(ReportRequest request)
    {
        if (request.Query.Granularity is not null) yield return "time";
        foreach (var name in request.DimensionNames) yield return name;
        foreach (var metric in request.Query.Metrics) yield return Queries.Metrics.Name(metric);
        if (request.Query.CompareFrom is not null)
        {
            foreach (var metric in request.Query.Metrics) yield return ReportJson.ComparedPrefix + Queries.Metrics.Name(metric);
        }

        if (request.Query.Granularity is null) yield break;
        yield return "complete";
        yield return "final_at";
    }

    private static IEnumerable<string> Cells(ReportRequest request, ReportRow row)
    {
        if (row.Time is { } time) yield return ReportJson.Text(time);
        foreach (var value in row.Values) yield return CsvText.Cell(value);
        foreach (var metric in request.Query.Metrics) yield return row[metric].ToString(CultureInfo.InvariantCulture);
        if (row.Compared is { } compared)
        {
            foreach (var metric in request.Query.Metrics) yield return compared[metric].ToString(CultureInfo.InvariantCulture);
        }

        if (row.Time is null) yield break;
        yield return row.State.IsComplete ? "true" : "false";
        yield return row.State.FinalAt is { } at ? ReportJson.Text(at.ToUniversalTime()) : "";
    }
}
