using Adclicks.EventStore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Adclicks.Ingestion.Redirects;

/// <summary>Registers redirects.</summary>
public static class RedirectRegistration
{
    /// <summary>Adds <see cref="ClickRedirects"/>. The reference feed comes with the event store.</summary>
    public static IServiceCollection AddRedirects(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<RedirectOptions>(configuration, "Ingestion:Redirects");
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(p => new NonceMemory(p.GetRequiredService<IOptions<RedirectOptions>>().Value.RememberedNonces));
        services.AddSingleton(p => ActivatorUtilities.CreateInstance<UrlKeyRing>(p, KeyFile(p, configuration)));
        return services.AddSingleton<ClickRedirects>();
    }

    private static string KeyFile(IServiceProvider provider, IConfiguration configuration) =>
        provider.GetRequiredService<IOptions<RedirectOptions>>().Value.KeyFile
        ?? UrlKeyFile.PathIn(configuration["DataDirectory"]
            ?? throw new InvalidOperationException("Neither DataDirectory nor Ingestion:Redirects:KeyFile is set."));
}
