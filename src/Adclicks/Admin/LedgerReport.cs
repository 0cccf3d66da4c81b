using System.Text.Json.Serialization;
using Adclicks.Domain.Billing;
using Adclicks.Projections.Billing;

namespace Adclicks.Admin;

/// <summary>The answer of <c>GET /admin/billing</c>, which <c>adclicks billing status</c> shows.</summary>
/// <param name="ClosedThrough">The end of the last hour closed; null before the first.</param>
/// <param name="ClosedAt">When it was closed.</param>
/// <param name="DueThrough">The end of the last hour that could be closed now.</param>
/// <param name="EventsUncovered">Events in the log that no entry covers yet.</param>
/// <param name="Revision">Of the last entry on <c>billing</c>; −1 for none.</param>
/// <param name="Hash">The hash at the head of the chain; null before the first entry.</param>
internal sealed record LedgerReport(
    [property: JsonPropertyName("closed_through")] DateTimeOffset? ClosedThrough,
    [property: JsonPropertyName("closed_at")] DateTimeOffset? ClosedAt,
    [property: JsonPropertyName("due_through")] DateTimeOffset DueThrough,
    [property: JsonPropertyName("events_uncovered")] long EventsUncovered,
    [property: JsonPropertyName("revision")] long Revision,
    [property: JsonPropertyName("hash")] string? Hash)
{
    /// <summary>Ends of hours are easier to read than the hours.</summary>
    public static LedgerReport Of(BillingStatus status) => new(
        status.Last is { } last ? BillingHour.Start(last.ClosedThrough + 1) : null,
        status.Last is { } entry ? DateTimeOffset.FromUnixTimeMilliseconds(entry.ClosedAtMs) : null,
        BillingHour.Start(status.DueThrough + 1),
        status.EventsUncovered,
        status.Revision,
        status.Last is { } head ? Convert.ToHexStringLower(head.Hash.Span) : null);
}

/// <summary>The answer of <c>POST /admin/billing/close</c>. Counts are of the hours closed by it; adjustments apart.</summary>
internal sealed record CloseReport(
    [property: JsonPropertyName("hours")] int Hours,
    [property: JsonPropertyName("closed_through")] DateTimeOffset? ClosedThrough,
    [property: JsonPropertyName("gross")] long Gross,
    [property: JsonPropertyName("duplicate")] long Duplicate,
    [property: JsonPropertyName("fraudulent")] long Fraudulent,
    [property: JsonPropertyName("billable")] long Billable,
    [property: JsonPropertyName("adjusted_gross")] long AdjustedGross,
    [property: JsonPropertyName("adjusted_billable")] long AdjustedBillable,
    [property: JsonPropertyName("hash")] string? Hash)
{
    /// <summary>Of the entries that were written.</summary>
    public static CloseReport Of(IReadOnlyList<LedgerEntry> entries)
    {
        var (rows, late) = (new ClickTally(), new ClickTally());
        foreach (var entry in entries)
        {
            foreach (var row in entry.Rows) rows.Add(row.Clicks);
            foreach (var row in entry.Adjustments) late.Add(row.Clicks);
        }

        return new CloseReport(
            entries.Count, entries.Count == 0 ? null : BillingHour.Start(entries[^1].ClosedThrough + 1),
            rows.Gross, rows.Duplicates, rows.Fraudulent, rows.Billable, late.Gross, late.Billable,
            entries.Count == 0 ? null : Convert.ToHexStringLower(entries[^1].Hash.Span));
    }
}
