using Adclicks.Access;
using Adclicks.EventStore.EventStoreDb;
using Adclicks.Postgres;
using Serilog;

namespace Adclicks.Hosting;

/// <summary>Runs a process from start to drained stop.</summary>
internal static class Run
{
    private const int Stopped = 0, Refused = 2;

    /// <summary>The environment variable with the folder that fetched packages are in.</summary>
    private const string CacheSetting = "ADCLICKS_CACHE";

    /// <summary>
    /// Everything on embedded defaults, in a data directory that is held meanwhile. Returns when stopped by a signal:
    /// 0, or 2 where it could not start.
    /// </summary>
    public static async Task<int> AllAsync(DirectoryInfo data, string urls, string? postgres, CancellationToken cancellationToken)
    {
        var directory = new DataDirectory(data.FullName);
        try
        {
            using var held = directory.TryLock();
            if (held is null)
            {
                var running = directory.ReadAddress();
                return await RefuseAsync($"{directory.Root} is in use by another adclicks{(running is null ? "" : $" (process {running.Pid}, {running.Url})")}. "
                    + "Stop that one, or give another --data.");
            }

            var keys = KeyFile.LoadOrCreate(directory.KeysFile);
            postgres ??= Configured("Postgres:ConnectionString");
            await using var cluster = postgres is null ? await StartClusterAsync(directory, cancellationToken) : null;
            var settings = Settings(directory, postgres ?? cluster!.ConnectionString);
            await using var app = AppHost.Build(HostRoles.All, urls, keys, settings);
            await app.StartAsync(cancellationToken);
            directory.WriteAddress(app.Urls.First());
            await Announce.AllAsync(app.Urls, directory, app.Logger);
            await WaitForStopAsync(app);
            return Stopped;
        }
        catch (Exception e) when (StartFailures.Explain(e) is not null)
        {
            return await RefuseAsync(StartFailures.Explain(e)!);
        }
        finally
        {
            await Log.CloseAndFlushAsync();
        }
    }

    /// <summary>
    /// Some roles, on a log and a PostgreSQL given by configuration. Several such processes may share a data directory
    /// (for its keys), so it is not held.
    /// </summary>
    public static async Task<int> RolesAsync(HostRoles roles, DirectoryInfo data, string urls, string? postgres, CancellationToken cancellationToken)
    {
        var directory = new DataDirectory(data.FullName);
        try
        {
            if (!EventStoreDbClusters.IsConfigured(ToolConfiguration.Load())) return await RefuseAsync(Unshared("EventStore:ConnectionString"));
            postgres ??= Configured("Postgres:ConnectionString");
            if (postgres is null) return await RefuseAsync(Unshared("Postgres:ConnectionString"));

            Directory.CreateDirectory(directory.Root);
            await using var app = AppHost.Build(roles, urls, KeyFile.LoadOrCreate(directory.KeysFile), Settings(directory, postgres));
            await app.StartAsync(cancellationToken);
            Announce.Roles(roles, app.Urls, app.Logger);
            await WaitForStopAsync(app);
            return Stopped;
        }
        catch (Exception e) when (StartFailures.Explain(e) is not null)
        {
            return await RefuseAsync(StartFailures.Explain(e)!);
        }
        finally
        {
            await Log.CloseAndFlushAsync();
        }
    }

    // Host and command line both listen for signals; the host's stop is the one that drains.
    private static Task WaitForStopAsync(WebApplication app) => app.WaitForShutdownAsync(CancellationToken.None);

    private static Task<PrivateCluster> StartClusterAsync(DataDirectory directory, CancellationToken cancellationToken)
    {
        var caches = Environment.GetEnvironmentVariable(CacheSetting) is { Length: > 0 } cache ? new[] { cache } : [];
        return PrivateCluster.StartAsync(directory.Postgres, caches, cancellationToken);
    }

    private static Dictionary<string, string?> Settings(DataDirectory directory, string postgres) => new()
    {
        ["DataDirectory"] = directory.Root,
        ["Postgres:ConnectionString"] = postgres,
    };

    private static string? Configured(string key) => ToolConfiguration.Load()[key] is { Length: > 0 } value ? value : null;

    private static string Unshared(string key) =>
        $"{key} is not set: a single role needs a log and a PostgreSQL that others share. (Everything in one process: adclicks up)";

    private static async Task<int> RefuseAsync(string reason)
    {
        await Console.Error.WriteLineAsync("adclicks: " + reason);
        return Refused;
    }
}
