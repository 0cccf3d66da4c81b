using System.Globalization;
using System.Net;
using System.Text;

namespace Adclicks.Domain.Billing.Statements;

/// <summary>A statement as a page to print: one file, no scripts, nothing fetched.</summary>
public static class StatementPage
{
    private const string Style = """
        body{font:11pt/1.4 system-ui,sans-serif;margin:2rem auto;max-width:60rem;color:#111}table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}
        th,td{border-bottom:1px solid #ccc;padding:.25rem .5rem;text-align:left}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
        tfoot td{font-weight:600}h2{margin-top:2rem}code{overflow-wrap:anywhere}.open{color:#a00}@media print{body{margin:0}thead{display:table-header-group}tr{break-inside:avoid}}
        """;

    /// <summary>HTML in UTF-8.</summary>
    public static byte[] ToHtml(Statement statement)
    {
        var page = new StringBuilder();
        var title = $"Statement {statement.Month}, {(statement.AdvertiserId.Length == 0 ? "clicks without a known advertiser" : statement.AdvertiserId)}";
        page.Append(CultureInfo.InvariantCulture, $"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{Text(title)}</title>\n<style>{Style}</style></head>\n<body>\n<h1>{Text(title)}</h1>\n");
        page.Append(statement.IsFinal
            ? "<p>All hours of the month are closed; this statement is final. Times are UTC.</p>\n"
            : $"<p class=\"open\">Not final: hours are closed until {(statement.ClosedUntil is { } until ? StatementFormats.Hour(until) : "before the month")}. Times are UTC.</p>\n");
        Disclosure(page, statement.Total);
        Table(page, "Clicks by day and campaign", ["day", "campaign"], statement.Lines.Select(l => (new[] { StatementFormats.Day(l.Day), l.CampaignId }, l.Clicks)));
        Table(page, $"Adjustments: clicks that {StatementAdjustment.Reason}", ["hour of the clicks", "written in", "campaign"],
            statement.Adjustments.Select(a => (new[] { StatementFormats.Hour(a.Hour), StatementFormats.Hour(a.WrittenIn), a.CampaignId }, a.Clicks)));
        page.Append(CultureInfo.InvariantCulture, $"<p>Rests on the ledger up to the entry with hash <code>{statement.ChainHash ?? "none yet"}</code>.</p>\n</body></html>\n");
        return Encoding.UTF8.GetBytes(page.ToString());
    }

    /// <summary>Gross, what was filtered and by which rule, net.</summary>
    private static void Disclosure(StringBuilder page, ClickTally total)
    {
        page.Append("<h2>Invalid traffic</h2>\n<table><tbody>\n");
        Line("Gross clicks", total.Gross);
        foreach (var (verdict, clicks) in total.ByVerdict.Where(v => v.Key != "counted")) Line($"Filtered, {verdict.Replace(":", ": ", StringComparison.Ordinal)}", clicks);
        page.Append("</tbody><tfoot>\n");
        Line("Billable clicks (net)", total.Billable);
        page.Append("</tfoot></table>\n");

        void Line(string name, long clicks) => page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(name)}</td><td class=\"n\">{clicks}</td></tr>\n");
    }

    private static void Table(StringBuilder page, string title, string[] columns, IEnumerable<(string[] Cells, ClickTally Clicks)> rows)
    {
        page.Append(CultureInfo.InvariantCulture, $"<h2>{Text(title)}</h2>\n<table><thead><tr>{string.Concat(columns.Select(c => $"<th>{c}</th>"))}");
        page.Append("<th class=\"n\">gross</th><th class=\"n\">duplicate</th><th class=\"n\">fraudulent</th><th class=\"n\">billable</th></tr></thead><tbody>\n");
        var any = false;
        foreach (var (cells, clicks) in rows)
        {
            any = true;
            page.Append("<tr>").AppendJoin("", cells.Select(c => $"<td>{Text(c)}</td>"));
            foreach (var number in new[] { clicks.Gross, clicks.Duplicates, clicks.Fraudulent, clicks.Billable }) page.Append(CultureInfo.InvariantCulture, $"<td class=\"n\">{number}</td>");
            page.Append("</tr>\n");
        }

        if (!any) page.Append(CultureInfo.InvariantCulture, $"<tr><td colspan=\"{columns.Length + 4}\">none</td></tr>\n");
        page.Append("</tbody></table>\n");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
