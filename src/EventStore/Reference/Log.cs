using Microsoft.Extensions.Logging;

namespace Adclicks.EventStore.Reference;

/// <summary>What the reference feed logs.</summary>
internal static partial class Log
{
    [LoggerMessage(3201, LogLevel.Information, "New log with {Partitions} partitions")]
    public static partial void LogCreated(this ILogger log, int partitions);

    [LoggerMessage(3202, LogLevel.Critical, "Stopping: the log was created with other settings")]
    public static partial void WrongPartitions(this ILogger log, Exception reason);

    [LoggerMessage(3203, LogLevel.Warning, "The log did not answer within {TimeoutMs} ms; starting without reference data")]
    public static partial void StartedWithoutReference(this ILogger log, int timeoutMs);

    [LoggerMessage(3204, LogLevel.Warning, "Reference data cannot be read beyond revision {Revision}: {Reason}")]
    public static partial void ReferenceUnavailable(this ILogger log, long revision, string reason);

    [LoggerMessage(3205, LogLevel.Warning, "Reference event {Revision} of type {Type} is skipped: {Reason}")]
    public static partial void ReferenceSkipped(this ILogger log, long revision, string type, string reason);
}
