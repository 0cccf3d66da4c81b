using Microsoft.Extensions.Logging;

namespace Adclicks.EventStore.Audit;

/// <summary>What the audit log logs.</summary>
internal static partial class Log
{
    [LoggerMessage(3301, LogLevel.Error, "How {Action} of {Target} ended is not in the audit log ({CorrelationId}): {Reason}")]
    public static partial void EndNotRecorded(this ILogger log, string action, string target, string correlationId, string reason);

    [LoggerMessage(3302, LogLevel.Warning, "{Count} refused callers are not in the audit log: {Reason}")]
    public static partial void RefusalsLost(this ILogger log, int count, string reason);
}
