using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Adclicks.EventStore.Reference;

/// <summary>Registers the feed.</summary>
public static class ReferenceFeedRegistration
{
    /// <summary>
    /// The feed as a singleton that starts with the host; every role that needs it says so, and there is one. Register it
    /// before whatever needs reference data to start.
    /// </summary>
    public static IServiceCollection AddReferenceFeed(this IServiceCollection services, IConfiguration configuration)
    {
        if (services.Any(s => s.ServiceType == typeof(ReferenceFeed))) return services;
        services.AddOptions<ReferenceFeedOptions>().Bind(configuration.GetSection("EventStore")).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ReferenceFeedOptions>, OptionsCheck>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ReferenceFeed>();
        return services.AddHostedService(provider => provider.GetRequiredService<ReferenceFeed>());
    }

    private sealed class OptionsCheck : IValidateOptions<ReferenceFeedOptions>
    {
        public ValidateOptionsResult Validate(string? name, ReferenceFeedOptions options) =>
            options.Problem() is { } problem ? ValidateOptionsResult.Fail(problem) : ValidateOptionsResult.Success;
    }
}
