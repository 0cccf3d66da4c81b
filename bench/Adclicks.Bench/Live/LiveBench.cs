using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Adclicks.Bench.Ingest;
using Adclicks.Bench.Servers;
using Adclicks.Hosting;
using Adclicks.Projections.Status;
using Adclicks.Support.Postgres;
using Microsoft.Extensions.DependencyInjection;

namespace Adclicks.Bench.Live;

/// <summary>
/// How far the reports are behind while clicks arrive at a steady rate, as batches over HTTP, with ingestion, projection and
/// PostgreSQL on this machine: <c>live [clicks/s] [seconds]</c>.
/// </summary>
internal static class LiveBench
{
    private const int BatchClicks = 500, MaxInFlight = 16;
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(250), _busy = TimeSpan.FromMilliseconds(20);

    public static async Task RunAsync(string[] args)
    {
        var rate = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 20_000;
        var seconds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 120;
        using var directory = new TemporaryDirectory();
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await using var app = await InProcessServer.StartAsync(HostRoles.All, directory.Path, database.ConnectionString);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        client.DefaultRequestHeaders.Add("X-Api-Key", InProcessServer.IngestKey);

        using var stop = new CancellationTokenSource();
        var watching = WatchAsync(app.Services.GetRequiredService<IProjectionStatus>(), stop.Token);
        var late = await SendAsync(client, rate, seconds);
        var atEnd = Stopwatch.GetTimestamp();
        await stop.CancelAsync();
        var lags = await watching;
        lags.Sort();
        Console.WriteLine($"{rate:N0} clicks/s for {seconds} s in batches of {BatchClicks}; the sender was {late:N0} ms behind its plan at the worst");
        Console.WriteLine($"  reports behind: p50 {lags[lags.Count / 2]:N2} s, p99 {lags[lags.Count * 99 / 100]:N2} s, at the worst {lags[^1]:N2} s");
        var status = app.Services.GetRequiredService<IProjectionStatus>();
        while ((await status.GetAsync(CancellationToken.None))?.ClicksProjected < (long)rate * seconds) await Task.Delay(20);
        Console.WriteLine($"  all clicks in the reports {Stopwatch.GetElapsedTime(atEnd).TotalSeconds:N2} s after the last was acknowledged");
        await app.StopAsync();
    }

    /// <summary>Sends by the clock, however long answers take; the worst delay of a batch against its plan, in ms.</summary>
    public static async Task<double> SendAsync(HttpClient client, int rate, int seconds)
    {
        var batches = (long)rate * seconds / BatchClicks;
        var interval = TimeSpan.FromSeconds((double)BatchClicks / rate);
        using var inFlight = new SemaphoreSlim(MaxInFlight);
        var started = Stopwatch.GetTimestamp();
        var worst = 0.0;
        var sending = new List<Task>();
        for (var i = 0L; i < batches; i++)
        {
            var wait = (interval * i) - Stopwatch.GetElapsedTime(started);
            if (wait > TimeSpan.Zero) await Task.Delay(wait);
            await inFlight.WaitAsync();
            worst = Math.Max(worst, (Stopwatch.GetElapsedTime(started) - (interval * i)).TotalMilliseconds);
            sending.Add(PostAsync(client, i, inFlight));
            if (sending.Count > 1000) sending.RemoveAll(t => t.IsCompletedSuccessfully);
        }

        await Task.WhenAll(sending);
        return worst;
    }

    private static async Task PostAsync(HttpClient client, long batch, SemaphoreSlim inFlight)
    {
        try
        {
            while (true)
            {
                using var content = new ByteArrayContent(Body(batch));
                content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
                using var response = await client.PostAsync(new Uri("/track/click_events", UriKind.Relative), content);
                // Busy for a moment: the same again.
                if (response.StatusCode != HttpStatusCode.ServiceUnavailable)
                {
                    response.EnsureSuccessStatusCode();
                    return;
                }

                await Task.Delay(_busy);
            }
        }
        finally
        {
            inFlight.Release();
        }
    }

    private static byte[] Body(long batch)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var lines = new StringBuilder(BatchClicks * 160);
        for (var i = 0; i < BatchClicks; i++)
        {
            var n = (batch * BatchClicks) + i;
            var ad = n * 7919 % IngestBench.Ads;
            lines.Append(CultureInfo.InvariantCulture, $$"""{"timestamp_ms":{{now}},"ad_id":"ad-{{ad}}","campaign_id":"campaign-{{ad % 500}}","publisher_id":"p{{n % 300}}","user_id":"u{{n * 2654435761 % 2_000_000}}","geo_country":"{{(char)('A' + (n % 10))}}{{(char)('A' + (n / 10 % 10))}}","device_type":"mobile","os":"Android","browser":"Chrome"}""").Append('\n');
        }

        return Encoding.UTF8.GetBytes(lines.ToString());
    }

    private static async Task<List<double>> WatchAsync(IProjectionStatus status, CancellationToken cancellationToken)
    {
        var lags = new List<double>();
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(_look, CancellationToken.None);
            if ((await status.GetAsync(CancellationToken.None))?.FreshUntil is { } fresh) lags.Add((DateTimeOffset.UtcNow - fresh).TotalSeconds);
        }

        return lags;
    }
}
