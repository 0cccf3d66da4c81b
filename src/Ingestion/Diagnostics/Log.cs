using Microsoft.Extensions.Logging;

namespace Adclicks.Ingestion;

/// <summary>What ingestion logs.</summary>
internal static partial class Log
{
    [LoggerMessage(2001, LogLevel.Warning, "{Key} names {Path}, which is not there: clicks go without what it would tell")]
    public static partial void EnrichmentMissing(this ILogger log, string key, string path);

    [LoggerMessage(2007, LogLevel.Information, "{Path} was replaced: places are looked up in the database of {BuildDate} from now on")]
    public static partial void GeoDatabaseReplaced(this ILogger log, string path, DateTime buildDate);

    [LoggerMessage(2008, LogLevel.Warning, "{Path} was replaced and cannot be read; the database before it goes on: {Reason}")]
    public static partial void GeoDatabaseUnreadable(this ILogger log, string path, string reason);

    [LoggerMessage(2009, LogLevel.Error, "{Path} is damaged: some places cannot be looked up in it and are unknown: {Reason}")]
    public static partial void GeoDatabaseDamaged(this ILogger log, string path, string reason);

    [LoggerMessage(2002, LogLevel.Warning, "Clicks could not be appended: {Reason}")]
    public static partial void AppendFailed(this ILogger log, string reason, Exception cause);

    [LoggerMessage(2003, LogLevel.Error, "Stream {Stream} refused clicks: {Outcome}")]
    public static partial void AppendRefused(this ILogger log, string stream, string outcome);

    [LoggerMessage(2004, LogLevel.Information, "Writing clicks to {Partitions} partitions")]
    public static partial void WriterReady(this ILogger log, int partitions);

    [LoggerMessage(2006, LogLevel.Warning, "Rejections could not be appended: {Reason}")]
    public static partial void RejectionsLost(this ILogger log, string reason);

    [LoggerMessage(2010, LogLevel.Error, "The log is down: clicks of visitors who are sent on are kept on this machine, others are refused. {Reason}")]
    public static partial void LogWentDown(this ILogger log, string reason);

    [LoggerMessage(2011, LogLevel.Warning, "The log is not there yet: {Reason}")]
    public static partial void LogStillDown(this ILogger log, string reason);

    [LoggerMessage(2012, LogLevel.Information, "The log is up")]
    public static partial void LogIsUp(this ILogger log);

    [LoggerMessage(2013, LogLevel.Information, "Replayed {Path}: {Events} events, and {Found} were in the log already")]
    public static partial void SpillReplayed(this ILogger log, string path, int events, int found);

    [LoggerMessage(2014, LogLevel.Warning, "{Path} ends in {Bytes} bytes that were never acknowledged or are damaged; it is put aside")]
    public static partial void SpillTorn(this ILogger log, string path, int bytes);

    [LoggerMessage(2015, LogLevel.Error, "The log refused {Events} events of {Path} for good; it is put aside")]
    public static partial void SpillRefused(this ILogger log, string path, int events);

    [LoggerMessage(2016, LogLevel.Error, "Clicks could not be kept: {Reason}")]
    public static partial void SpillFailed(this ILogger log, string reason);

    [LoggerMessage(2020, LogLevel.Error, "The key {Name} cannot be had: what is received is recorded without its sealed copy. {Reason}")]
    public static partial void NoSealingKey(this ILogger log, string name, string reason);

    [LoggerMessage(2021, LogLevel.Error, "Keys of personal data could not be looked after, which is tried again: {Reason}")]
    public static partial void KeysNotKept(this ILogger log, string reason);

    [LoggerMessage(2022, LogLevel.Information, "The key of {Day} is destroyed: its {Days} days are over")]
    public static partial void DayShredded(this ILogger log, string day, int days);
}
