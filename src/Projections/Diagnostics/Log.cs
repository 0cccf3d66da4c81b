using Microsoft.Extensions.Logging;

namespace Adclicks.Projections.Diagnostics;

/// <summary>What projections log.</summary>
internal static partial class Log
{
    [LoggerMessage(4001, LogLevel.Information, "Projecting generation {Generation} of {Lanes} lanes as {Owner}")]
    public static partial void Starting(this ILogger log, int generation, int lanes, string owner);

    [LoggerMessage(4002, LogLevel.Information, "Lane {Lane} is ours, epoch {Epoch}")]
    public static partial void LaneAcquired(this ILogger log, int lane, long epoch);

    [LoggerMessage(4003, LogLevel.Information, "Lane {Lane} released")]
    public static partial void LaneReleased(this ILogger log, int lane);

    [LoggerMessage(4004, LogLevel.Warning, "Lane {Lane} went to another process: {Reason}")]
    public static partial void LaneLost(this ILogger log, int lane, string reason);

    [LoggerMessage(4005, LogLevel.Warning, "Lane {Lane} failed and begins anew from its checkpoint in {DelayMs} ms")]
    public static partial void LaneFailed(this ILogger log, Exception reason, int lane, int delayMs);

    [LoggerMessage(4006, LogLevel.Error, "Event {Stream}@{Revision} is set aside as a dead letter: {Reason}")]
    public static partial void DeadLetter(this ILogger log, string stream, long revision, string reason);

    [LoggerMessage(4007, LogLevel.Warning, "Event {Stream}@{Revision} of unknown type {Type} is skipped")]
    public static partial void UnknownEvent(this ILogger log, string stream, long revision, string type);

    [LoggerMessage(4008, LogLevel.Debug, "Projected {Stream}@{Revision} with {Clicks} clicks, correlation id {CorrelationId}")]
    public static partial void Projected(this ILogger log, string stream, long revision, int clicks, string? correlationId);

    [LoggerMessage(4009, LogLevel.Debug, "Lane {Lane} flushed {Clicks} clicks in {Rows} rows in {Ms} ms")]
    public static partial void Flushed(this ILogger log, int lane, int clicks, int rows, double ms);

    [LoggerMessage(4010, LogLevel.Warning, "PostgreSQL is not ready for projections; next try in {DelayMs} ms: {Reason}")]
    public static partial void DatabaseUnavailable(this ILogger log, int delayMs, string reason);

    [LoggerMessage(4011, LogLevel.Information, "Lane {Lane} has caught up with the log")]
    public static partial void CaughtUp(this ILogger log, int lane);

    [LoggerMessage(4012, LogLevel.Warning, "{Stream} has lost revisions {First} to {Last} to its retention")]
    public static partial void Gap(this ILogger log, string stream, long first, long last);

    [LoggerMessage(4013, LogLevel.Warning, "Generation {Generation} judges by {Rules}; what is configured, {Configured}, takes a rebuild")]
    public static partial void OtherRules(this ILogger log, int generation, string rules, string configured);

    [LoggerMessage(4014, LogLevel.Information, "Generation {Generation}: the {Granularity} rollups of {From} to {To} are dropped")]
    public static partial void RollupsDropped(this ILogger log, int generation, string granularity, DateTime from, DateTime to);

    [LoggerMessage(4015, LogLevel.Warning, "Retention could not be kept; next try in {Delay}")]
    public static partial void RetentionFailed(this ILogger log, Exception reason, TimeSpan delay);

    [LoggerMessage(4016, LogLevel.Warning, "Generation {Generation} has other rollups than this version makes; to have those takes a rebuild")]
    public static partial void OtherRollups(this ILogger log, int generation);

    [LoggerMessage(4017, LogLevel.Information, "Lane {Lane} begins with what it has in generation {Generation}")]
    public static partial void LaneTakenOver(this ILogger log, int lane, int generation);

    [LoggerMessage(4020, LogLevel.Information, "Closed {Hours} hours through {Through}: {Clicks} clicks and {Late} late ones, in {Ms} ms; the head of the ledger is {Hash}")]
    public static partial void HoursClosed(this ILogger log, int hours, string through, long clicks, long late, double ms, string hash);

    [LoggerMessage(4021, LogLevel.Information, "Another process has written to the ledger; going on from there")]
    public static partial void LedgerWrittenByOther(this ILogger log);

    [LoggerMessage(4022, LogLevel.Error, "Hours could not be closed; next try in {DelayMs} ms")]
    public static partial void CloseFailed(this ILogger log, Exception reason, int delayMs);

    [LoggerMessage(4023, LogLevel.Error, "The head of the ledger, {Hash}, could not be published to {To}")]
    public static partial void HeadNotPublished(this ILogger log, Exception reason, string to, string hash);

    [LoggerMessage(4030, LogLevel.Information, "Archived {Entries} closed hours: {Clicks} clicks, {Bytes} bytes")]
    public static partial void Archived(this ILogger log, int entries, long clicks, long bytes);

    [LoggerMessage(4031, LogLevel.Error, "Closed hours could not be archived to {To}; next try in {DelayMs} ms")]
    public static partial void ArchiveFailed(this ILogger log, Exception reason, string to, int delayMs);

    [LoggerMessage(4032, LogLevel.Information, "Took {Events} events from the beginning of {Streams} streams of clicks: the archive has them, and they are older than {Days} days")]
    public static partial void LogTrimmed(this ILogger log, long events, int streams, int days);

    [LoggerMessage(4033, LogLevel.Error, "The log could not be trimmed to what is not archived; next try in {DelayMs} ms")]
    public static partial void TrimFailed(this ILogger log, Exception reason, int delayMs);

    [LoggerMessage(4040, LogLevel.Warning, "The index of clicks could not be kept; next try in {DelayMs} ms: {Reason}")]
    public static partial void IndexFailed(this ILogger log, int delayMs, string reason);
}
