using Adclicks.Domain.Audit;
using Adclicks.Domain.Streams;
using Microsoft.Extensions.Logging;

namespace Adclicks.EventStore.Audit;

/// <summary>
/// Writes the stream <c>audit</c>. An administrative action is recorded before it begins, and does not begin where that
/// fails; its end is recorded after. What leaves the house is recorded before it does.
/// </summary>
public sealed class AuditLog(IEventLog log, TimeProvider time, ILogger<AuditLog> logger)
{
    /// <summary>Records an entry; when it returns, the entry is durable.</summary>
    /// <exception cref="EventLogUnavailableException">It is not: whatever it was about must not be done.</exception>
    public async Task RecordAsync(AuditEntry entry, CancellationToken cancellationToken = default)
    {
        var recorded = new EventData(Guid.CreateVersion7(time.GetUtcNow()), AuditEntry.EventType, entry.ToJson(), default, IsJson: true);
        var result = await log.AppendAsync(StreamNames.Audit, ExpectedRevision.Any, [recorded], cancellationToken);
        if (!result.Succeeded) throw new EventLogUnavailableException($"The log refused an audit entry: {result.Outcome}.");
        AuditMetrics.Recorded.Add(1);
    }

    /// <summary>
    /// Carries out an action between two entries, <c>started</c> and <c>succeeded</c> or <c>failed</c>. Where the log is
    /// away at the end, the action stands and the second entry is missing: that is logged and counted.
    /// </summary>
    /// <param name="begun">The entry; its outcome is set here.</param>
    /// <param name="action">Says whether it was done.</param>
    /// <param name="cancellationToken">Stops the action, not the entry about its end.</param>
    /// <exception cref="EventLogUnavailableException">The log is away: the action was not begun.</exception>
    public async Task<T> RunAsync<T>(AuditEntry begun, Func<CancellationToken, Task<(T Result, bool IsDone)>> action, CancellationToken cancellationToken = default)
    {
        await RecordAsync(begun with { Outcome = AuditOutcome.Started }, cancellationToken);
        try
        {
            var (result, isDone) = await action(cancellationToken);
            await RecordEndAsync(begun with { Outcome = isDone ? AuditOutcome.Succeeded : AuditOutcome.Failed });
            return result;
        }
        catch (Exception e)
        {
            // The type alone: messages may hold anything.
            await RecordEndAsync(begun with { Outcome = AuditOutcome.Failed, Detail = e.GetType().Name });
            throw;
        }
    }

    private async Task RecordEndAsync(AuditEntry entry)
    {
        try
        {
            await RecordAsync(entry, CancellationToken.None);
        }
        catch (EventLogUnavailableException e)
        {
            AuditMetrics.Lost.Add(1, new KeyValuePair<string, object?>("reason", "unavailable"));
            logger.EndNotRecorded(AuditEntry.NameOf(entry.Action), entry.Target, entry.CorrelationId, e.Message);
        }
    }
}
