using System.Globalization;
using Adclicks.Hosting;
using Adclicks.Support.Postgres;
using Microsoft.AspNetCore.Builder;

namespace Adclicks.Bench.Ingest;

/// <summary>
/// Durable clicks per second over HTTP, beside a bare Kestrel in the same run: <c>ingest [up|ingest] [seconds]</c>.
/// <c>up</c> (the default) is the whole process, projecting into PostgreSQL meanwhile; <c>ingest</c> its ingestion alone.
/// </summary>
internal static class IngestBench
{
    public const int Ads = 5_000, BatchClicks = 500;
    private const int Rounds = 3, Connections = 64, BatchConnections = 4;
    public const string Key = "bench-ingest-key-0123456789";

    public static async Task RunAsync(string[] args)
    {
        var roles = args.Contains("ingest") ? HostRoles.Ingest : HostRoles.All;
        var seconds = args.Select(a => int.TryParse(a, NumberStyles.None, CultureInfo.InvariantCulture, out var s) ? s : 0).FirstOrDefault(s => s > 0, 8);
        using var directory = new TemporaryDirectory();
        await using var database = await TestPostgres.CreateDatabaseAsync();
        var scripts = new WrkScripts(directory.Path, Key);
        await using var bare = await BareServer.StartAsync();
        await using var app = await StartAsync(roles, directory.Path, database.ConnectionString);
        Console.WriteLine($"{(roles == HostRoles.All ? "the whole process" : "ingestion alone")}, embedded log, {Ads:N0} ads, {seconds} s a round, wrk on the same {Environment.ProcessorCount} cores");

        await PixelsAsync(app, bare, scripts.Pixel, seconds);
        await OneByOneAsync(app, scripts.Pixel, directory.Path, seconds);
        await BatchesAsync(app, scripts.Batch, seconds);
        await app.StopAsync();
        await bare.StopAsync();
    }

    public static async Task<WebApplication> StartAsync(HostRoles roles, string directory, string postgres)
    {
        Environment.SetEnvironmentVariable("Serilog__MinimumLevel__Default", "Error");
        var app = AppHost.Build(roles, "http://127.0.0.1:0", new Dictionary<string, string> { ["ingest"] = Key, ["admin"] = Key + "-admin" }, new Dictionary<string, string?>
        {
            ["DataDirectory"] = directory,
            ["Postgres:ConnectionString"] = postgres,
        });
        await app.StartAsync();
        return app;
    }

    private static async Task PixelsAsync(WebApplication app, WebApplication bare, string script, int seconds)
    {
        await Wrk.RunAsync(bare.Urls.First(), script, Connections, 3);
        await Wrk.RunAsync(app.Urls.First(), script, Connections, 5);
        var ratios = new List<double>();
        for (var round = 1; round <= Rounds; round++)
        {
            var baseline = await Wrk.RunAsync(bare.Urls.First(), script, Connections, seconds);
            var allocated = GC.GetTotalAllocatedBytes();
            var ours = await Wrk.RunAsync(app.Urls.First(), script, Connections, seconds);
            allocated = GC.GetTotalAllocatedBytes() - allocated;
            ratios.Add(ours.PerSecond / baseline.PerSecond);
            Console.WriteLine(
                $"  pixel x{Connections}  bare {baseline.PerSecond,9:N0}/s p99 {baseline.P99,5:N1} ms   durable {ours.PerSecond,9:N0}/s p50 {ours.Median:N1} p99 {ours.P99:N1} ms"
                + $"   ratio {ratios[^1]:N2}   {allocated / (ours.PerSecond * seconds):N0} bytes allocated per click   {ours.Failed} failed");
        }

        ratios.Sort();
        Console.WriteLine($"  median ratio {ratios[Rounds / 2]:N2}");
    }

    private static async Task OneByOneAsync(WebApplication app, string script, string directory, int seconds)
    {
        var sync = Disk.MedianSyncMilliseconds(directory);
        var one = await Wrk.RunAsync(app.Urls.First(), script, 1, seconds);
        Console.WriteLine($"  pixel x1   {one.PerSecond:N0}/s p50 {one.Median:N2} ms p99 {one.P99:N2} ms; one fsync of 4 KiB here {sync:N2} ms, so 2 of them + 1 ms = {(2 * sync) + 1:N2} ms");
    }

    private static async Task BatchesAsync(WebApplication app, string script, int seconds)
    {
        await Wrk.RunAsync(app.Urls.First(), script, BatchConnections, 3);
        for (var round = 1; round <= Rounds; round++)
        {
            var batches = await Wrk.RunAsync(app.Urls.First(), script, BatchConnections, seconds);
            Console.WriteLine($"  NDJSON {BatchClicks} x{BatchConnections}  {batches.PerSecond * BatchClicks:N0} clicks/s  p99 {batches.P99:N1} ms  {batches.Failed} failed");
        }
    }
}
