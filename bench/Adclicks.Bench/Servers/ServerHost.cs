using Adclicks.Access;
using Adclicks.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace Adclicks.Bench.Servers;

/// <summary>The other side of <see cref="ServerProcess"/>: <c>server bare|plain</c> is the baseline, <c>server DIRECTORY</c> ingestion alone.</summary>
internal static class ServerHost
{
    public const string Bare = "bare", Plain = "plain";

    // Ingestion alone asks no database; health and reports, which would, are not asked here.
    private const string NoPostgres = "Host=127.0.0.1;Port=1;Username=nobody";

    public static async Task RunAsync(string[] args)
    {
        await using var app = args[0] is Bare or Plain ? BareServer.Build(args[0] == Plain) : Ingestion(args[0]);
        await app.StartAsync();
        Console.WriteLine(app.Urls.First());
        await app.WaitForShutdownAsync();
    }

    private static WebApplication Ingestion(string data)
    {
        Directory.CreateDirectory(data);
        return AppHost.Build(HostRoles.Ingest, "http://127.0.0.1:0", KeyFile.LoadOrCreate(Path.Combine(data, "keys.json")), new Dictionary<string, string?>
        {
            ["DataDirectory"] = data,
            ["Postgres:ConnectionString"] = NoPostgres,
        });
    }
}
