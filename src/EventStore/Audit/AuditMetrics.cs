using System.Diagnostics.Metrics;

namespace Adclicks.EventStore.Audit;

/// <summary>What the audit log counts.</summary>
internal static class AuditMetrics
{
    private static readonly Meter _meter = new("Adclicks.EventStore");

    public static readonly Counter<long> Recorded =
        _meter.CreateCounter<long>("adclicks.audit.recorded", "{entry}", "Entries of the audit log");

    public static readonly Counter<long> Lost =
        _meter.CreateCounter<long>("adclicks.audit.lost", "{entry}", "Entries that could not be recorded, by reason");
}
