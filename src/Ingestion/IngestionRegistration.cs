using Adclicks.EventStore;
using Adclicks.EventStore.Audit;
using Adclicks.Ingestion.Commands;
using Adclicks.Ingestion.Endpoints;
using Adclicks.Ingestion.Enrichment;
using Adclicks.Ingestion.Limits;
using Adclicks.Ingestion.Privacy;
using Adclicks.Ingestion.Redirects;
using Adclicks.Ingestion.Reference;
using Adclicks.Ingestion.Rejections;
using Adclicks.Ingestion.Validation;
using Adclicks.Ingestion.Writing;
using Adclicks.Ingestion.Writing.Spill;
using MediatR;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Adclicks.Ingestion;

/// <summary>Registers ingestion: the way of a click is endpoint → command → validation → enrichment → writer → log.</summary>
public static class IngestionRegistration
{
    /// <summary>The services. The log and the reference feed come with the event store.</summary>
    public static IServiceCollection AddIngestion(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<IngestionOptions>(configuration, "Ingestion");
        services.TryAddSingleton(TimeProvider.System);
        services.AddReference(configuration).AddRedirects(configuration).AddRateLimits(configuration);
        services.TryAddSingleton<AuditLog>();
        services.AddPersonalDataKeys(configuration).AddHostedService<KeyKeeper>();
        services.AddSingleton(p => new GeoLookup(Options(p), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<GeoLookup>>()));
        services.AddSingleton(p => new UserAgents(Options(p), p.GetRequiredService<ILogger<UserAgents>>()));
        services.AddSingleton(p => new ClientAddresses(p.GetRequiredService<GeoLookup>(), p.GetRequiredService<VisitorHasher>(), Options(p)));
        services.AddSingleton<ClickValidator>().AddSingleton<ClickFactory>().AddSingleton<ClickRecorder>();
        services.AddSingleton<IRequestHandler<RecordClicks, RecordClicksResult>, RecordClicksHandler>();
        services.AddSingleton<SocketThread>().AddSingleton<PixelEndpoint>().AddSingleton<EventEndpoint>().AddSingleton<BatchEndpoint>();
        services.AddSpill(configuration);
        services.AddSingleton<ClickWriter>().AddHostedService(p => p.GetRequiredService<ClickWriter>());
        return services.AddSingleton<RejectionLog>().AddHostedService(p => p.GetRequiredService<RejectionLog>());
    }

    /// <summary>The endpoints.</summary>
    public static void MapIngestion(this IEndpointRouteBuilder routes)
    {
        routes.MapTracking();
        routes.MapReference();
        routes.MapRejections();
    }

    private static IngestionOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<IngestionOptions>>().Value;
}
