using System.Diagnostics;
using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Adclicks.Bench.Clicks;
using Adclicks.Bench.Project;
using Adclicks.Domain.Access;
using Adclicks.Projections.Status;
using Adclicks.ReadApi;
using Adclicks.Support.Postgres;
using Adclicks.Tests.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Adclicks.Bench.Reports;

/// <summary>
/// Answer times over HTTP, one question at a time with varied parameters, over the read models of generated clicks:
/// <c>reports [clicks]</c>.
/// </summary>
internal static class ReportsBench
{
    private const int Rounds = 200;

    private const string Week = "start_time=2026-03-01&end_time=2026-03-08";

    private static readonly (string Name, Func<int, string> Path)[] Questions =
    [
        ("hourly series of one campaign, uniques", i => $"timeseries?{Week}&granularity=hour&filters=campaign_id:campaign-{i % 500:D3}&metrics=click_count,unique_users"),
        ("top 10 ads over 7 days", i => $"topN?start_time=2026-03-01T{i % 24:D2}:00Z&end_time=2026-03-08&dimension=ad_id&metric=click_count&metrics=click_count"),
        ("country x device, one advertiser and day", i => $"breakdown?start_time=2026-03-0{1 + (i % 7)}&end_time=2026-03-0{2 + (i % 7)}&dimensions=country,device_type&filters=advertiser_id:advertiser-{i % 100:D2}&metrics=click_count"),
        ("totals per day", i => $"timeseries?start_time=2026-03-0{1 + (i % 6)}&end_time=2026-03-08&granularity=day&metrics=click_count,billable_click_count"),
    ];

    public static async Task RunAsync(string[] args)
    {
        var count = args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await ProjectAsync(database.ConnectionString, count);
        await using var app = await ServeAsync(database.ConnectionString);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First() + "/reports/clicks/") };
        client.DefaultRequestHeaders.Add("X-Api-Key", "bench");
        foreach (var (name, path) in Questions) await MeasureAsync(client, name, path);
    }

    private static async Task ProjectAsync(string connectionString, long count)
    {
        await using var log = new MemoryEventLog();
        await LogFiller.FillWeekAsync(log, count);
        using var host = await ProjectBench.StartAsync(connectionString, log, []);
        await ProjectBench.WaitAsync(host.Services.GetRequiredService<IProjectionStatus>(), count, Stopwatch.StartNew());
        await host.StopAsync();
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var vacuum = source.CreateCommand("VACUUM ANALYZE");
        vacuum.CommandTimeout = 600;
        await vacuum.ExecuteNonQueryAsync();
    }

    private static async Task<WebApplication> ServeAsync(string connectionString)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration["Postgres:ConnectionString"] = connectionString;
        builder.Services.AddReadApi(builder.Configuration);
        builder.Services.AddAuthorization();
        builder.Services.AddAuthentication("Bench").AddScheme<AuthenticationSchemeOptions, EveryoneIsAnalyst>("Bench", null);
        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapReadApi();
        await app.StartAsync();
        return app;
    }

    private static async Task MeasureAsync(HttpClient client, string name, Func<int, string> path)
    {
        var times = new List<double>();
        var bytes = 0;
        for (var i = -20; i < Rounds; i++)
        {
            var started = Stopwatch.GetTimestamp();
            var answer = await client.GetByteArrayAsync(new Uri(path(Math.Abs(i) * 7), UriKind.Relative));
            if (i < 0) continue;
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            bytes = answer.Length;
        }

        times.Sort();
        Console.WriteLine($"  {name,-44} p50 {times[Rounds / 2],7:N1} ms  p95 {times[Rounds * 95 / 100],7:N1} ms  {bytes:N0} bytes");
    }

    private sealed class EveryoneIsAnalyst(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(AuthenticateResult.Success(
            new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, Roles.Analyst)], Scheme.Name)), Scheme.Name)));
    }
}
