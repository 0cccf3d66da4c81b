using Adclicks.EventStore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Adclicks.Ingestion.Limits;

/// <summary>Registers the rate limits.</summary>
internal static class RateLimitRegistration
{
    public static IServiceCollection AddRateLimits(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<RateLimitOptions>(configuration, "Ingestion:RateLimits")
            .Validate(o => o.AddressBurst >= o.AddressPerSecond, "Ingestion:RateLimits:AddressBurst must not be below AddressPerSecond.")
            .Validate(o => o.KeyBurst >= o.KeyPerSecond, "Ingestion:RateLimits:KeyBurst must not be below KeyPerSecond.");
        return services.AddSingleton<RateLimits>();
    }
}
