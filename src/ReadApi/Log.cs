using Microsoft.Extensions.Logging;

namespace Adclicks.ReadApi;

/// <summary>What the read side writes to the log.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "A question at {Path} ran into the statement time-out")]
    public static partial void QueryTimedOut(ILogger logger, string path);

    [LoggerMessage(Level = LogLevel.Error, Message = "A row of the read models cannot be read")]
    public static partial void RowDamaged(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reports cannot be answered")]
    public static partial void QueryUnavailable(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "The SQL views show generation {Generation}")]
    public static partial void ViewsReplaced(ILogger logger, int generation);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The SQL views could not be brought up to date: {Reason}")]
    public static partial void ViewsNotReplaced(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The ledger could not be read: {Reason}")]
    public static partial void LedgerNotRead(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Commits are not heard of at the moment: {Reason}")]
    public static partial void NotListening(ILogger logger, string reason);
}
