using System.Text.Json;
using Adclicks.Domain.Clicks;

namespace Adclicks.EventStore.EventStoreDb.Projections;

/// <summary>
/// A projection inside EventStoreDB that counts clicks per hour and stream, from the metadata of the events alone: a
/// second opinion that shares no code with our read models. Its state is partitioned by stream.
/// </summary>
public static class AuditProjection
{
    /// <summary>Its name in the server.</summary>
    public const string Name = "adclicks-audit";

    /// <summary>
    /// What it runs. <c>through</c> is the last revision counted. An event whose metadata have no hours, or cannot be read, by a foreign
    /// producer, is counted as such.
    /// </summary>
    public const string Query = """
        fromAll().foreachStream().when({
          $init: function () { return { hours: {}, events: 0, events_without_hours: 0, through: -1 }; },
          'clicks-recorded': function (state, event) {
            var hours = null;
            try {
              var metadata = event.metadata || (event.metadataRaw ? JSON.parse(event.metadataRaw) : {});
              hours = metadata.hours;
            } catch (e) { }
            state.events += 1;
            state.through = event.sequenceNumber;
            if (!hours) { state.events_without_hours += 1; return state; }
            for (var hour in hours) { state.hours[hour] = (state.hours[hour] || 0) + hours[hour]; }
            return state;
          }
        });
        """;

    /// <summary>Creates it, or brings the one that is there up to date, which then counts from the beginning again. True when it is new.</summary>
    public static async Task<bool> InstallAsync(ProjectionClient projections, CancellationToken cancellationToken = default)
    {
        if (!await IsInstalledAsync(projections, cancellationToken))
        {
            await projections.CreateAsync(Name, Query, cancellationToken: cancellationToken);
            return true;
        }

        await projections.UpdateAsync(Name, Query, cancellationToken);
        await projections.ResetAsync(Name, cancellationToken);
        await projections.EnableAsync(Name, cancellationToken);
        return false;
    }

    /// <summary>Whether the server has it. False too for one that runs no projections.</summary>
    public static async Task<bool> IsInstalledAsync(ProjectionClient projections, CancellationToken cancellationToken = default) =>
        await projections.AreOnAsync(cancellationToken) && (await projections.ListAsync(cancellationToken: cancellationToken)).Any(p => p.Name == Name);

    /// <summary>What it says of one stream; nothing of one it has not met.</summary>
    /// <exception cref="InvalidDataException">It is one of before: install it again.</exception>
    public static async Task<AuditCount> CountAsync(ProjectionClient projections, string stream, CancellationToken cancellationToken = default)
    {
        using var state = JsonDocument.Parse(await projections.StateAsync(Name, stream, cancellationToken));
        if (state.RootElement.ValueKind != JsonValueKind.Object || !state.RootElement.TryGetProperty("events", out _)) return AuditCount.Nothing;
        if (!state.RootElement.TryGetProperty("through", out var through))
            throw new InvalidDataException($"{Name} does not say how far it is: install it again (adclicks projections install-audit).");
        return new AuditCount(
            state.RootElement.GetProperty("hours").EnumerateObject().ToDictionary(h => h.Name, h => (long)h.Value.GetDouble()),
            (long)through.GetDouble(),
            (long)state.RootElement.GetProperty("events_without_hours").GetDouble());
    }
}
