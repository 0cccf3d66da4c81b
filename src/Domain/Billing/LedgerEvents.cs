using System.Text.Json;
using System.Text.Json.Serialization;
using Adclicks.Domain.Dedup;

namespace Adclicks.Domain.Billing;

/// <summary>
/// The events of the stream <c>billing</c>: <c>hour-closed</c>, JSON. An entry with many rows is several events, numbered parts that
/// follow one another; parts without their last one are void (whoever wrote them was stopped), and the entry is written anew.
/// </summary>
public static class LedgerEvents
{
    /// <summary>The type name: a stable string.</summary>
    public const string HourClosed = "hour-closed";

    /// <summary>The payloads of an entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="rowsPerPart">The most rows of one event.</param>
    public static IReadOnlyList<byte[]> ToJson(LedgerEntry entry, int rowsPerPart)
    {
        var rows = entry.Rows.Select(r => (Row: r, IsLate: false)).Concat(entry.Adjustments.Select(r => (Row: r, IsLate: true))).Chunk(rowsPerPart).ToList();
        if (rows.Count == 0) rows.Add([]);
        return [.. rows.Select((part, i) => JsonSerializer.SerializeToUtf8Bytes(PartOf(entry, part, i + 1, rows.Count), LedgerJson.Default.EntryPart))];
    }

    private static EntryPart PartOf(LedgerEntry entry, (LedgerRow Row, bool IsLate)[] rows, int part, int parts) => new(
        1, BillingHour.Text(entry.Hour), BillingHour.Text(entry.ClosedThrough), part, parts, entry.ClosedAtMs, entry.ReferenceThrough, entry.Dedup,
        part == parts ? entry.After : [], part == parts ? entry.Through : [], entry.RefusedEvents,
        [.. rows.Where(r => !r.IsLate).Select(r => RowPart.Of(r.Row, entry.Hour))],
        [.. rows.Where(r => r.IsLate).Select(r => RowPart.Of(r.Row, entry.Hour))],
        Convert.ToHexStringLower(entry.ClicksHash.Span), Convert.ToHexStringLower(entry.AdjustmentsHash.Span),
        Convert.ToHexStringLower(entry.PreviousHash.Span), Convert.ToHexStringLower(entry.Hash.Span));

    /// <summary>Reads one event.</summary>
    /// <exception cref="FormatException">It is not what its type says.</exception>
    internal static EntryPart Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var part = JsonSerializer.Deserialize(json, LedgerJson.Default.EntryPart);
            return part is { Hour: not null, ClosedThrough: not null, Dedup: not null, After: not null, Through: not null, Rows: not null, Adjustments: not null, Hash: not null }
                ? part : throw new FormatException("The payload is not whole.");
        }
        catch (JsonException e)
        {
            throw new FormatException("The payload is not what its type says: " + e.Message, e);
        }
    }
}

/// <summary>The payload of <c>hour-closed</c>.</summary>
internal sealed record EntryPart(
    int Layout, string Hour, string ClosedThrough, int Part, int Parts, long ClosedAtMs, long ReferenceThrough, DedupOptions Dedup,
    IReadOnlyList<long> After, IReadOnlyList<long> Through, long RefusedEvents, IReadOnlyList<RowPart> Rows, IReadOnlyList<RowPart> Adjustments,
    string ClicksHash, string AdjustmentsHash, string PreviousHash, string Hash);

/// <summary>A row in it. The hour is given where it is not that of the entry; gross and billable are there for readers, the verdicts count.</summary>
internal sealed record RowPart(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Hour,
    string AdvertiserId, string CampaignId, string AdId, long Gross, long Billable, SortedDictionary<string, long> Verdicts)
{
    public static RowPart Of(LedgerRow row, int hour) => new(
        row.Hour == hour ? null : BillingHour.Text(row.Hour), row.AdvertiserId, row.CampaignId, row.AdId, row.Clicks.Gross, row.Clicks.Billable,
        new(row.Clicks.ByVerdict.ToDictionary(), StringComparer.Ordinal));

    public LedgerRow ToRow(int hour)
    {
        var tally = new ClickTally();
        foreach (var (verdict, clicks) in Verdicts) tally.Add(verdict, clicks);
        var follows = tally.Gross == Gross && tally.Billable == Billable;
        return new LedgerRow(Hour is null ? hour : BillingHour.Parse(Hour), AdvertiserId, CampaignId, AdId, tally)
        {
            Problem = follows ? null : $"It says gross {Gross} and billable {Billable}; its verdicts give {tally.Gross} and {tally.Billable}.",
        };
    }
}

/// <summary>Generated at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(EntryPart))]
internal sealed partial class LedgerJson : JsonSerializerContext;
