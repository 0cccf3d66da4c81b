using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Adclicks.Ingestion.Limits;

/// <summary>Registers the rate limits.</summary>
internal static class RateLimitRegistration
{
    public static IServiceCollection AddRateLimits(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RateLimitOptions>().Bind(configuration.GetSection("Ingestion:RateLimits")).ValidateDataAnnotations()
            .Validate(o => o.AddressBurst >= o.AddressPerSecond, "Ingestion:RateLimits:AddressBurst must not be below AddressPerSecond.")
            .Validate(o => o.KeyBurst >= o.KeyPerSecond, "Ingestion:RateLimits:KeyBurst must not be below KeyPerSecond.")
            .ValidateOnStart();
        return services.AddSingleton<RateLimits>();
    }
}
