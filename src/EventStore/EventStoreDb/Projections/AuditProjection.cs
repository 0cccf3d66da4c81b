using System.Text.Json;

namespace Adclicks.EventStore.EventStoreDb.Projections;

/// <summary>
/// A projection inside EventStoreDB that counts clicks per hour and stream, from the metadata of the events alone: a
/// second opinion that shares no code with our read models. Its state is partitioned by stream.
/// </summary>
public static class AuditProjection
{
    /// <summary>Its name in the server.</summary>
    public const string Name = "adclicks-audit";

    /// <summary>What it runs. An event without hours in its metadata, by a foreign producer, is counted as such.</summary>
    public const string Query = """
        fromAll().foreachStream().when({
          $init: function () { return { hours: {}, events: 0, events_without_hours: 0 }; },
          'clicks-recorded': function (state, event) {
            var metadata = event.metadata || (event.metadataRaw ? JSON.parse(event.metadataRaw) : {});
            var hours = metadata.hours;
            state.events += 1;
            if (!hours) { state.events_without_hours += 1; return state; }
            for (var hour in hours) { state.hours[hour] = (state.hours[hour] || 0) + hours[hour]; }
            return state;
          }
        });
        """;

    /// <summary>Creates it, or brings the one that is there up to date, and starts it. True when it is new.</summary>
    public static async Task<bool> InstallAsync(ProjectionClient projections, CancellationToken cancellationToken = default)
    {
        var installed = await projections.ListAsync(cancellationToken: cancellationToken);
        var isNew = installed.All(p => p.Name != Name);
        if (isNew)
        {
            await projections.CreateAsync(Name, Query, cancellationToken: cancellationToken);
        }
        else
        {
            await projections.UpdateAsync(Name, Query, cancellationToken);
            await projections.EnableAsync(Name, cancellationToken);
        }

        return isNew;
    }

    /// <summary>Clicks by hour (<c>2026-11-24T02</c>, UTC) of one stream, as far as the projection has come.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> HoursAsync(
        ProjectionClient projections, string stream, CancellationToken cancellationToken = default)
    {
        using var state = JsonDocument.Parse(await projections.StateAsync(Name, stream, cancellationToken));
        return state.RootElement.ValueKind == JsonValueKind.Object && state.RootElement.TryGetProperty("hours", out var hours)
            ? hours.EnumerateObject().ToDictionary(h => h.Name, h => (long)h.Value.GetDouble())
            : new Dictionary<string, long>();
    }
}
