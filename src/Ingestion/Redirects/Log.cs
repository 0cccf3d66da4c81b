using Microsoft.Extensions.Logging;

namespace Adclicks.Ingestion.Redirects;

/// <summary>What redirects log.</summary>
internal static partial class Log
{
    [LoggerMessage(2201, LogLevel.Warning, "URL keys in {Path} cannot be read; those known so far go on: {Reason}")]
    public static partial void KeysUnreadable(this ILogger log, string path, string reason);
}
