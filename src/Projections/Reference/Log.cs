using Microsoft.Extensions.Logging;

namespace Adclicks.Projections.Reference;

/// <summary>What the projection of reference data logs.</summary>
internal static partial class Log
{
    [LoggerMessage(4101, LogLevel.Warning, "Reference documents are not being written; trying again")]
    public static partial void ReferenceDocumentsStopped(this ILogger log, Exception reason);

    [LoggerMessage(4102, LogLevel.Warning, "Reference event {Revision} is not projected: {Reason}")]
    public static partial void ReferenceDocumentSkipped(this ILogger log, long revision, string reason);
}
