using Adclicks.Hosting;
using Microsoft.AspNetCore.Builder;

namespace Adclicks.Bench.Servers;

/// <summary>Adclicks within the process that measures it, for measurements that ask its services.</summary>
internal static class InProcessServer
{
    public const string IngestKey = "bench-ingest-key-0123456789";

    public static async Task<WebApplication> StartAsync(HostRoles roles, string directory, string postgres)
    {
        Environment.SetEnvironmentVariable("Serilog__MinimumLevel__Default", "Error");
        var app = AppHost.Build(roles, "http://127.0.0.1:0", new Dictionary<string, string> { ["ingest"] = IngestKey, ["admin"] = IngestKey + "-admin" }, new Dictionary<string, string?>
        {
            ["DataDirectory"] = directory,
            ["Postgres:ConnectionString"] = postgres,
        });
        await app.StartAsync();
        return app;
    }
}
