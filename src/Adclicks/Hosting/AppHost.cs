using Adclicks.Access;
using Adclicks.Admin;
using Adclicks.Billing;
using Adclicks.EventStore;
using Adclicks.Ingestion;
using Adclicks.Ingestion.Endpoints;
using Adclicks.Ingestion.Privacy;
using Adclicks.Ingestion.Proxies;
using Adclicks.Observability;
using Adclicks.Projections;
using Adclicks.ReadApi;
using Adclicks.ReadApi.ApiPage;

namespace Adclicks.Hosting;

/// <summary>Puts one process together.</summary>
internal static class AppHost
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The application with the given roles. <paramref name="settings"/> come before those of <c>appsettings.json</c> and
    /// the environment.
    /// </summary>
    public static WebApplication Build(HostRoles roles, string urls, IReadOnlyDictionary<string, string> keysByRole, IReadOnlyDictionary<string, string?> settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.WebHost.UseUrls(urls);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.TakeWhatBrowsersSend();
        });
        builder.WebHost.UseInlineSockets();
        builder.AddJsonLogs();
        AddServices(builder.Services, builder.Configuration, roles, keysByRole);
        var app = builder.Build();
        MapEndpoints(app, roles);
        return app;
    }

    private static void AddServices(IServiceCollection services, IConfiguration configuration, HostRoles roles, IReadOnlyDictionary<string, string> keysByRole)
    {
        services.Configure<HostOptions>(options => options.ShutdownTimeout = DrainLimit);
        services.AddMetricsExport();
        services.AddHealth(roles);
        services.AddApiDescription();
        services.AddEventStore(configuration);
        services.AddPersonalDataKeys(configuration);
        services.AddAccess(configuration, keysByRole);
        if (roles.HasFlag(HostRoles.Project)) services.AddProjections(configuration);
        else services.AddProjectionStatus(configuration);
        if (roles.HasFlag(HostRoles.Ingest)) services.AddIngestion(configuration);
        if (roles.HasFlag(HostRoles.Serve)) services.AddReadApi(configuration);
    }

    private static void MapEndpoints(WebApplication app, HostRoles roles)
    {
        if (roles.HasFlag(HostRoles.Ingest)) app.UseSocketThread();
        app.UseTrustedProxies(app.Configuration);
        app.UseCorrelation();
        // Here, and not first, so that endpoints that are answered by routing have a correlation id too.
        app.UseRouting();
        app.UseCorrelatedLogs();
        app.UseProblemsForEmptyErrors();
        app.UseAccess();
        if (roles.HasFlag(HostRoles.Serve)) app.UseRateLimiter();
        app.MapHealth();
        app.MapApiDescription();
        app.MapMetrics();
        app.MapStatus();
        app.MapDeadLetters();
        app.MapGenerations();
        app.MapBilling();
        app.MapArchive();
        app.MapAudit();
        app.MapKeys();
        if (roles.HasFlag(HostRoles.Serve)) app.MapStatements();
        if (roles.HasFlag(HostRoles.Serve)) app.MapExplanation();
        if (roles.HasFlag(HostRoles.Ingest)) app.MapIngestion();
        if (roles.HasFlag(HostRoles.Ingest)) app.MapPrivacy();
        if (roles.HasFlag(HostRoles.Serve)) app.MapReadApi();
    }
}
