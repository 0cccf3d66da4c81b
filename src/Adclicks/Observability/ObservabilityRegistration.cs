using Adclicks.ReadApi.ApiPage;
using OpenTelemetry.Metrics;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace Adclicks.Observability;

/// <summary>Registers logs, metrics and health.</summary>
internal static class ObservabilityRegistration
{
    /// <summary>JSON lines on the standard output; levels by section <c>Serilog:MinimumLevel</c>.</summary>
    public static void AddJsonLogs(this WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Services.AddSerilog(logger => logger
            .MinimumLevel.Is(LogEventLevel.Information)
            // Hosting and routing say two lines per request at Information: too many for clicks.
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Information)
            // With its logger on, hosting makes an activity for each request, which nobody collects.
            .MinimumLevel.Override("Microsoft.AspNetCore.Hosting.Diagnostics", LevelAlias.Off)
            .ReadFrom.Configuration(builder.Configuration)
            .Enrich.FromLogContext()
            .WriteTo.Console(new RenderedCompactJsonFormatter()));
    }

    /// <summary>The meters of all projects, requests and the runtime, for Prometheus.</summary>
    public static IServiceCollection AddMetricsExport(this IServiceCollection services)
    {
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter("Adclicks.*")
            .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel")
            // Counted twice for each pixel, and says no more than the connections do.
            .AddView("http.server.active_requests", MetricStreamConfiguration.Drop)
            .AddRuntimeInstrumentation()
            .AddPrometheusExporter());
        return services;
    }

    /// <summary>Maps <c>/metrics</c>.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes) => routes.MapPrometheusScrapingEndpoint("/metrics").ForReading()
        .WithSummary("Metrics for Prometheus").Answers("text/plain", "All metrics of the process.", "adclicks_ingestion_clicks_accepted_total{source=\"pixel\"} 12\n");

    /// <summary>For GET and HEAD by anyone; as it is no route handler, the description finds it only with a method.</summary>
    public static IEndpointConventionBuilder ForReading(this IEndpointConventionBuilder endpoint) => endpoint
        .AllowAnonymous().WithMetadata(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]), typeof(RequestDelegate).GetMethod(nameof(RequestDelegate.Invoke))!);
}
