using Adclicks.EventStore;
using Adclicks.Ingestion.Privacy.Keys;
using Adclicks.Ingestion.Reference;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Adclicks.Ingestion.Privacy;

/// <summary>Registers the keys of personal data, and what seals, hashes and opens by them.</summary>
public static class PrivacyRegistration
{
    /// <summary>Adds them. Nothing is made or read before it is needed.</summary>
    public static IServiceCollection AddPersonalDataKeys(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<PrivacyOptions>(configuration, PrivacyOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IKeyStore>(p =>
        {
            var data = configuration["DataDirectory"] ?? throw new InvalidOperationException("DataDirectory is not set: the keys need a folder.");
            var options = p.GetRequiredService<IOptions<PrivacyOptions>>().Value;
            return new FileKeyStore(
                Path.Combine(data, options.KeyFolder), Path.Combine(data, options.MasterKeyFile), options, p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<FileKeyStore>>());
        });
        services.TryAddSingleton<VisitorHasher>();
        services.TryAddSingleton<PersonalDataSealer>();
        services.TryAddSingleton<IAddressHasher>(p => p.GetRequiredService<VisitorHasher>());
        return services;
    }
}
