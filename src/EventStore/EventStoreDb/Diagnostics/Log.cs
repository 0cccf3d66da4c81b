using Adclicks.EventStore.EventStoreDb.Connection;
using Microsoft.Extensions.Logging;

namespace Adclicks.EventStore.EventStoreDb.Diagnostics;

/// <summary>What the adapter logs.</summary>
internal static partial class Log
{
    [LoggerMessage(3101, LogLevel.Information, "EventStoreDB {Endpoint} is the node for {Preference}; version {Version}")]
    public static partial void NodeFound(this ILogger log, Endpoint endpoint, NodePreference preference, string version);

    [LoggerMessage(3102, LogLevel.Warning, "EventStoreDB {Endpoint} is given up; it pointed to {Successor}")]
    public static partial void NodeLost(this ILogger log, Endpoint endpoint, Endpoint? successor);

    [LoggerMessage(3103, LogLevel.Warning, "Append to {Stream} has an unknown outcome ({Reason}); reading it back from {Revision}")]
    public static partial void OutcomeUnknown(this ILogger log, string stream, string? reason, long revision);

    [LoggerMessage(3104, LogLevel.Information, "Append to {Stream} was found stored at revision {Revision}")]
    public static partial void FoundStored(this ILogger log, string stream, long revision);

    [LoggerMessage(3105, LogLevel.Warning, "Subscription to {Stream} dropped after revision {Revision} ({Reason}); resuming in {DelayMs} ms")]
    public static partial void SubscriptionDropped(this ILogger log, string stream, long revision, string reason, double delayMs);

    [LoggerMessage(3106, LogLevel.Warning, "Reading {Stream} failed at {Revision} ({Reason}); trying again in {DelayMs} ms")]
    public static partial void ReadFailed(this ILogger log, string stream, long revision, string reason, double delayMs);
}
