namespace Adclicks.Access.Keys;

/// <summary>What the keys log.</summary>
internal static partial class Log
{
    [LoggerMessage(1101, LogLevel.Warning, "The log did not answer within {TimeoutMs} ms; starting without managed keys")]
    public static partial void StartedWithoutKeys(this ILogger log, int timeoutMs);

    [LoggerMessage(1102, LogLevel.Warning, "Keys cannot be read beyond revision {Revision}: {Reason}")]
    public static partial void KeysUnavailable(this ILogger log, long revision, string reason);

    [LoggerMessage(1103, LogLevel.Warning, "Event {Revision} of the keys is skipped: {Reason}")]
    public static partial void KeyEventSkipped(this ILogger log, long revision, string reason);
}
