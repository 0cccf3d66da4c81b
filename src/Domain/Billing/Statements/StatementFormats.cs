using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Adclicks.Domain.Text;

namespace Adclicks.Domain.Billing.Statements;

/// <summary>Statements as JSON and CSV. Equal statements give equal bytes: there is no time of printing in them.</summary>
public static class StatementFormats
{
    private const string HourFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>JSON, ended by a line feed.</summary>
    public static byte[] ToJson(Statement statement)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Indented))
        {
            json.WriteStartObject();
            json.WriteString("advertiser_id", statement.AdvertiserId);
            json.WriteString("month", statement.Month.ToString());
            json.WriteBoolean("final", statement.IsFinal);
            if (statement.ClosedUntil is { } until) json.WriteString("closed_until", Hour(until));
            else json.WriteNull("closed_until");
            json.WriteStartObject("total");
            Write(json, statement.Total);
            json.WriteEndObject();
            json.WriteStartArray("lines");
            foreach (var line in statement.Lines)
            {
                json.WriteStartObject();
                json.WriteString("day", Day(line.Day));
                json.WriteString("campaign_id", line.CampaignId);
                Write(json, line.Clicks);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("adjustments");
            foreach (var adjustment in statement.Adjustments)
            {
                json.WriteStartObject();
                json.WriteString("written_in", Hour(adjustment.WrittenIn));
                json.WriteString("hour", Hour(adjustment.Hour));
                json.WriteString("campaign_id", adjustment.CampaignId);
                json.WriteString("reason", StatementAdjustment.Reason);
                Write(json, adjustment.Clicks);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("chain_hash", statement.ChainHash);
            json.WriteEndObject();
        }

        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    /// <summary>CSV (RFC 4180): a line per day and campaign, per adjustment, and the total. A cell that a spreadsheet would take for a formula gets an apostrophe in front.</summary>
    public static byte[] ToCsv(Statement statement)
    {
        var verdicts = statement.Total.ByVerdict.Select(v => v.Key).Where(v => v != "counted").ToList();
        var text = new StringBuilder();
        Row(text, ["kind", "day_or_hour", "written_in", "campaign_id", "gross", "billable", .. verdicts, "reason"]);
        foreach (var line in statement.Lines) Row(text, ["clicks", Day(line.Day), "", line.CampaignId, .. Counts(line.Clicks, verdicts), ""]);
        foreach (var a in statement.Adjustments) Row(text, ["adjustment", Hour(a.Hour), Hour(a.WrittenIn), a.CampaignId, .. Counts(a.Clicks, verdicts), StatementAdjustment.Reason]);
        Row(text, [statement.IsFinal ? "total" : "total so far", statement.Month.ToString(), "", "", .. Counts(statement.Total, verdicts), $"chain {statement.ChainHash}"]);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    internal static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    internal static string Hour(DateTimeOffset hour) => hour.UtcDateTime.ToString(HourFormat, CultureInfo.InvariantCulture);

    internal static IEnumerable<string> Counts(ClickTally clicks, IReadOnlyList<string> verdicts)
    {
        var by = clicks.ByVerdict.ToDictionary();
        return verdicts.Select(v => by.GetValueOrDefault(v)).Prepend(clicks.Billable).Prepend(clicks.Gross).Select(n => n.ToString(CultureInfo.InvariantCulture));
    }

    private static void Write(Utf8JsonWriter json, ClickTally clicks)
    {
        json.WriteNumber("gross", clicks.Gross);
        json.WriteNumber("duplicate", clicks.Duplicates);
        json.WriteNumber("fraudulent", clicks.Fraudulent);
        json.WriteNumber("billable", clicks.Billable);
        json.WriteStartObject("verdicts");
        foreach (var (verdict, count) in clicks.ByVerdict) json.WriteNumber(verdict, count);
        json.WriteEndObject();
    }

    private static void Row(StringBuilder text, IEnumerable<string> cells) => text.AppendJoin(',', cells.Select(CsvText.Cell)).Append("\r\n");
}
