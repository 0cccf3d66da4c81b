using System.Security.Claims;
using Adclicks.Domain.Access;
using Adclicks.Domain.Audit;
using Adclicks.EventStore.Audit;
using Adclicks.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Adclicks.EventStore.Tests.Audit;

/// <summary>A server with audited endpoints, on a log in memory. Everybody is the key <c>k1</c>, called Kim, an admin.</summary>
internal sealed class AuditServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private AuditServer(WebApplication app, MemoryEventLog log)
    {
        (_app, Log) = (app, log);
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public MemoryEventLog Log { get; }

    public HttpClient Client { get; }

    public AuditTrail Trail => _app.Services.GetRequiredService<AuditTrail>();

    public RefusalLog Refusals => _app.Services.GetRequiredService<RefusalLog>();

    /// <summary>How often the action behind <c>POST /things/{id}</c> was carried out.</summary>
    public int Done { get; private set; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<AuditServer> StartAsync(TimeProvider? time = null)
    {
        var log = new MemoryEventLog();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration["Audit:MaxRefusalsPerMinute"] = "3";
        if (time is not null) builder.Services.AddSingleton(time);
        builder.Services.AddSingleton<IEventLog>(log).AddAudit(builder.Configuration);
        var app = builder.Build();
        var server = (AuditServer?)null;
        app.Use((http, next) =>
        {
            http.User = new ClaimsPrincipal(new ClaimsIdentity([new(CallerClaims.KeyId, "k1"), new(ClaimTypes.Name, "Kim"), new(ClaimTypes.Role, Roles.Admin)], "test"));
            http.TraceIdentifier = "c-1";
            return next(http);
        });
        app.MapPost("/things/{id}", (string id) =>
        {
            server!.Done++;
            if (id == "bad") throw new InvalidOperationException("with a secret in it");
            return id == "none" ? Results.NotFound() : Results.NoContent();
        }).Audited(AuditAction.GenerationSwitched, "thing {id} of {owner}");
        app.MapGet("/export", (string? refuse) => refuse is null ? Results.Text("data") : Results.BadRequest())
            .AuditedExport(AuditAction.ReportExported, "export {key_id}", http => http.Headers.Accept == "text/csv");
        await app.StartAsync(Token);
        return server = new AuditServer(app, log);
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? accept = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (accept is not null) request.Headers.Add("Accept", accept);
        return await Client.SendAsync(request, Token);
    }

    /// <summary>The entries, oldest first.</summary>
    public async Task<List<AuditEntry>> EntriesAsync()
    {
        var page = await Trail.ReadAsync(AuditQuery.Latest(100), Token);
        return [.. page.Records.Reverse().Select(r => r.Entry)];
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
