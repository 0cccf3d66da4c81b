using System.Net;
using System.Text.Json;
using Adclicks.Hosting;

namespace Adclicks.Tests.Hosting;

/// <summary>What a process says of itself, whatever its roles.</summary>
public sealed class RolesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ingestion_alone_describes_what_it_has_and_nothing_else()
    {
        var data = Directory.CreateTempSubdirectory("adclicks-roles-");
        try
        {
            await using var app = AppHost.Build(HostRoles.Ingest, "http://127.0.0.1:0", new Dictionary<string, string>(), new Dictionary<string, string?>
            {
                ["DataDirectory"] = data.FullName,
                // Ingestion asks no database.
                ["Postgres:ConnectionString"] = "Host=127.0.0.1;Port=1;Username=nobody",
            });
            await app.StartAsync(Token);
            using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
            using var description = JsonDocument.Parse(await client.GetStringAsync("/openapi/v1.json", Token));
            var paths = description.RootElement.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToList();
            Assert.Contains("/track/click", paths);
            Assert.Contains("/reference/ads/{id}", paths);
            Assert.DoesNotContain(paths, path => path.StartsWith("/reports", StringComparison.Ordinal));
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/docs", Token)).StatusCode);
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }
}
