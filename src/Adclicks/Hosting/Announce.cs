using Adclicks.Access;

namespace Adclicks.Hosting;

/// <summary>Says where things are once a process is up: to a person on the error output, and as a log line.</summary>
internal static partial class Announce
{
    /// <summary>After <c>up</c>.</summary>
    public static Task AllAsync(ICollection<string> urls, DataDirectory directory, ILogger logger)
    {
        var url = urls.First();
        Up(logger, url, directory.Root);
        return Console.Error.WriteLineAsync($"""

            Adclicks is up.
              dashboard  {url}/
              clicks     {url}/track/click, /track/click_event, /track/click_events
              reports    {url}/reports/clicks/timeseries, /reports/clicks/topN
              status     {url}/health/ready, {url}/metrics, ./adclicks status
              keys       {directory.KeysFile} ({string.Join(", ", KeyFile.KeyedRoles)})
              data       {directory.Root}
            Ctrl-C stops it.

            """);
    }

    /// <summary>After one of the roles.</summary>
    public static void Roles(HostRoles roles, ICollection<string> urls, ILogger logger) => RolesUp(logger, roles, urls.First());

    [LoggerMessage(1, LogLevel.Information, "Up at {Url} on {DataDirectory}")]
    private static partial void Up(ILogger logger, string url, string dataDirectory);

    [LoggerMessage(2, LogLevel.Information, "Up with {Roles} at {Url}")]
    private static partial void RolesUp(ILogger logger, HostRoles roles, string url);
}
