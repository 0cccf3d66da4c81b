using Microsoft.Extensions.Logging;

namespace Adclicks.Ingestion;

/// <summary>What ingestion logs.</summary>
internal static partial class Log
{
    [LoggerMessage(2001, LogLevel.Warning, "{Key} names {Path}, which is not there: clicks go without what it would tell")]
    public static partial void EnrichmentMissing(this ILogger log, string key, string path);

    [LoggerMessage(2002, LogLevel.Warning, "Clicks could not be appended: {Reason}")]
    public static partial void AppendFailed(this ILogger log, string reason, Exception cause);

    [LoggerMessage(2003, LogLevel.Error, "Stream {Stream} refused clicks: {Outcome}")]
    public static partial void AppendRefused(this ILogger log, string stream, string outcome);

    [LoggerMessage(2004, LogLevel.Information, "Writing clicks to {Partitions} partitions")]
    public static partial void WriterReady(this ILogger log, int partitions);

    [LoggerMessage(2005, LogLevel.Warning, "The log cannot be read yet: {Reason}")]
    public static partial void WriterWaits(this ILogger log, string reason);

    [LoggerMessage(2006, LogLevel.Warning, "Rejections could not be appended: {Reason}")]
    public static partial void RejectionsLost(this ILogger log, string reason);
}
