using System.Diagnostics.Metrics;

namespace Adclicks.Projections.Diagnostics;

/// <summary>What projections measure. Times in seconds.</summary>
internal static class ProjectionMetrics
{
    public const string MeterName = "Adclicks.Projections";

    internal static readonly Meter Meter = new(MeterName);

    public static readonly Counter<long> Clicks = Meter.CreateCounter<long>("adclicks.projections.clicks", "{click}", "Clicks projected");

    public static readonly Counter<long> Duplicates =
        Meter.CreateCounter<long>("adclicks.projections.duplicates", "{click}", "Duplicate clicks by kind");

    public static readonly Counter<long> Marks =
        Meter.CreateCounter<long>("adclicks.projections.marks", "{click}", "Counted clicks marked as fraudulent, by rule");

    public static readonly Counter<long> DeadLetters = Meter.CreateCounter<long>("adclicks.projections.dead_letters", "{event}", "Events set aside");

    public static readonly Counter<long> UnknownEvents =
        Meter.CreateCounter<long>("adclicks.projections.unknown_events", "{event}", "Events skipped because of their type");

    public static readonly Counter<long> Unregistered =
        Meter.CreateCounter<long>("adclicks.projections.unregistered", "{click}", "Clicks whose ad or publisher was not registered, by dimension");

    public static readonly Counter<long> Restarts =
        Meter.CreateCounter<long>("adclicks.projections.lane_restarts", "{restart}", "Lanes given up and begun anew, by reason");

    public static readonly Histogram<double> FlushTime = Meter.CreateHistogram<double>("adclicks.projections.flush.duration", "s", "Time of a lane's flush");

    public static readonly Histogram<long> FlushClicks = Meter.CreateHistogram<long>("adclicks.projections.flush.clicks", "{click}", "Clicks in a flush");

    public static readonly Histogram<long> FlushRows = Meter.CreateHistogram<long>("adclicks.projections.flush.rows", "{row}", "Rows in a flush");

    public static readonly Counter<long> ArchivedHours = Meter.CreateCounter<long>("adclicks.archive.hours", "{hour}", "Entries of the ledger archived");

    public static readonly Counter<long> TrimmedEvents = Meter.CreateCounter<long>("adclicks.archive.trimmed", "{event}", "Events taken from the log that are archived");

    public static readonly Counter<long> HoursClosed = Meter.CreateCounter<long>("adclicks.billing.hours_closed", "{hour}", "Entries written to the ledger");

    public static readonly Counter<long> AdjustedClicks = Meter.CreateCounter<long>("adclicks.billing.adjusted", "{click}", "Clicks that came after the close of their hour");

    /// <summary>Counts clicks by what about them was not registered.</summary>
    public static void CountUnregistered(long ads, long publishers)
    {
        if (ads > 0) Unregistered.Add(ads, new KeyValuePair<string, object?>("dimension", "ad_id"));
        if (publishers > 0) Unregistered.Add(publishers, new KeyValuePair<string, object?>("dimension", "publisher_id"));
    }

    /// <summary>Counts clicks of a verdict as <c>verdicts</c> names it.</summary>
    public static void Count(string verdict, long clicks)
    {
        if (verdict.Split(':', 2) is not [var kind, var name]) return;
        if (kind == "duplicate") Duplicates.Add(clicks, new KeyValuePair<string, object?>("kind", name));
        else Marks.Add(clicks, new KeyValuePair<string, object?>("rule", name));
    }
}
