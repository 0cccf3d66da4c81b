using Adclicks.Domain.Reference;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;

namespace Adclicks.Projections.Reconciliation;

/// <summary>Reads the stream <c>reference</c> to its end, for tools that do not follow it.</summary>
public static class ReferenceReplay
{
    /// <summary>The history, and the settings of the log; null where it was never started.</summary>
    public static async Task<(ReferenceHistory History, LogSettings? Settings)> ReadAsync(IEventLog log, CancellationToken cancellationToken)
    {
        var history = new ReferenceHistory();
        LogSettings? settings = null;
        await foreach (var recorded in log.ReadAsync(StreamNames.Reference, ReadDirection.Forwards, 0, cancellationToken: cancellationToken))
        {
            ReferenceChange? change = null;
            try
            {
                if (recorded.Type == ReferenceEvents.LogCreated) settings ??= ReferenceEvents.ReadLogSettings(recorded.Data.Span);
                else change = ReferenceEvents.Read(recorded.Type, recorded.Data.Span);
            }
            catch (FormatException)
            {
                // As the feed does: what nobody could read changed nothing.
            }

            history.Apply(recorded.Revision, change);
        }

        return (history, settings);
    }
}
