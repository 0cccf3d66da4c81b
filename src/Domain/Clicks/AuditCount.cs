namespace Adclicks.Domain.Clicks;

/// <summary>A count of the clicks of one stream that was made inside the log, from the metadata of the events.</summary>
/// <param name="Hours">Clicks by hour (<c>2026-11-24T02</c>, UTC).</param>
/// <param name="Through">The last revision counted; −1 for none.</param>
/// <param name="EventsWithoutHours">Events whose metadata do not say their hours.</param>
public sealed record AuditCount(IReadOnlyDictionary<string, long> Hours, long Through, long EventsWithoutHours)
{
    /// <summary>Of a stream without events.</summary>
    public static AuditCount Nothing { get; } = new(new Dictionary<string, long>(), -1, 0);
}
