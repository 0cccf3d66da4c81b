using Adclicks.EventStore;
using MediatR;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Adclicks.Ingestion.Reference;

/// <summary>Registers the commands and queries of reference data.</summary>
public static class ReferenceRegistration
{
    /// <summary>Adds them. The feed they stand on comes with the event store.</summary>
    public static IServiceCollection AddReference(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<ReferenceWriteOptions>(configuration, "Ingestion:Reference");
        services.TryAddSingleton<IMediator>(provider => new Mediator(provider.GetRequiredService));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ReferenceWriter>();
        services.AddSingleton<IRequestHandler<DefineItem, WriteOutcome>>(provider => provider.GetRequiredService<ReferenceWriter>());
        services.AddSingleton<IRequestHandler<RemoveItem, WriteOutcome>>(provider => provider.GetRequiredService<ReferenceWriter>());
        services.AddSingleton<ReferenceReads>();
        services.AddSingleton<ReferenceWrites>();
        return services;
    }
}
