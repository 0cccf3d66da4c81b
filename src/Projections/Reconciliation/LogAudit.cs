using System.Globalization;
using System.Text.Json;
using Adclicks.Domain.Billing;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;

namespace Adclicks.Projections.Reconciliation;

/// <summary>What a replay knows of one partition beside its clicks, so that it can be held against a count that was made inside the log.</summary>
public sealed class LogAudit
{
    private readonly Dictionary<string, long> _refused = [];

    /// <summary>The last revision of an event of clicks; −1 for none.</summary>
    public long Through { get; internal set; } = -1;

    /// <summary>Events that were refused count too where they only look at what metadata say.</summary>
    internal void Refuse(RecordedEvent recorded)
    {
        if (recorded.Type != ClicksRecorded.EventType) return;
        try
        {
            foreach (var (hour, clicks) in ClicksRecordedMetadata.FromJson(recorded.Metadata.Span)?.Hours ?? new Dictionary<string, int>())
                _refused[hour] = _refused.GetValueOrDefault(hour) + clicks;
        }
        catch (JsonException)
        {
            // Nobody could read it: it has no hours, there neither.
        }
    }

    /// <summary>How a count inside the log differs from a replay that ended at the same revision.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="clicks">The clicks replayed.</param>
    /// <param name="counted">The count.</param>
    /// <param name="from">The first hour to compare.</param>
    /// <param name="to">The hour after the last.</param>
    public IEnumerable<Difference> Compare(int partition, PartitionAudit clicks, AuditCount counted, int from, int to)
    {
        var expected = new Dictionary<string, long>(_refused);
        foreach (var row in clicks.Sets.Values.SelectMany(s => s.Rows))
            expected[Text(row.Hour)] = expected.GetValueOrDefault(Text(row.Hour)) + row.Clicks.Gross;
        var stream = StreamNames.Clicks(partition);
        var without = counted.EventsWithoutHours == 0 ? "" : $" ({counted.EventsWithoutHours} events of the stream say no hours)";
        return expected.Keys.Union(counted.Hours.Keys)
            .Where(h => expected.GetValueOrDefault(h) != counted.Hours.GetValueOrDefault(h))
            .Select(h => (Text: h, Hour: Parse(h)))
            .Where(h => h.Hour is not { } hour || (hour >= from && hour < to))
            .OrderBy(h => h.Text, StringComparer.Ordinal)
            .Select(h => new Difference(
                Difference.Audit, h.Hour, null, h.Hour is null ? $"{stream}: {h.Text}" : stream, $"gross {expected.GetValueOrDefault(h.Text)}", $"gross {counted.Hours.GetValueOrDefault(h.Text)}{without}"));
    }

    private const string Format = "yyyy-MM-dd'T'HH";

    private static string Text(int hour) => BillingHour.Start(hour).ToString(Format, CultureInfo.InvariantCulture);

    private static int? Parse(string text) =>
        DateTimeOffset.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var hour) ? BillingHour.Of(hour) : null;
}
