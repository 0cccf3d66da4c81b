using Microsoft.Extensions.Logging;

namespace Adclicks.EventStore.Embedded;

/// <summary>What the embedded log logs.</summary>
internal static partial class Log
{
    [LoggerMessage(3401, LogLevel.Error, "A write to the log failed. It is closed and opened again: {Reason}")]
    public static partial void WriteFailed(this ILogger log, string reason);

    [LoggerMessage(3402, LogLevel.Warning, "The log was opened again, and has {Events} events of writes that had failed")]
    public static partial void Reopened(this ILogger log, long events);

    [LoggerMessage(3403, LogLevel.Error, "The log could not be opened again, which is tried again until it succeeds: {Reason}")]
    public static partial void NotReopened(this ILogger log, string reason);
}
