namespace Adclicks.EventStore.Audit;

/// <summary>Settings of the audit log, from the section <c>Audit</c>.</summary>
public sealed class AuditOptions
{
    /// <summary>
    /// How many refused callers are recorded in a minute, by unknown callers and by known ones each (default 60; 0 to
    /// 10,000). How many more there were is said in the next one.
    /// </summary>
    public int MaxRefusalsPerMinute { get; set; } = 60;

    /// <summary>What is wrong with the settings, naming the key; null for nothing.</summary>
    public string? Problem() => MaxRefusalsPerMinute is < 0 or > 10_000 ? "Audit:MaxRefusalsPerMinute must be from 0 to 10000." : null;
}
