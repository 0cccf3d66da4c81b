using Adclicks.EventStore;
using Adclicks.Ingestion.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Adclicks.Ingestion.Writing.Spill;

/// <summary>Registers what is kept while the log is down.</summary>
internal static class SpillRegistration
{
    public static void AddSpill(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<SpillOptions>(configuration, "Ingestion:Spill");
        services.AddSingleton(p => Open(p.GetRequiredService<IOptions<SpillOptions>>().Value, configuration["DataDirectory"], p.GetRequiredService<ILogger<SpillStore>>()));
        services.TryAddSingleton<LogState>();
        services.AddSingleton<LogOutage>().AddSingleton<OverflowWriter>();
        services.AddHealthChecks().AddCheck<SpillCheck>("spill");
    }

    private static SpillStore Open(SpillOptions options, string? dataDirectory, ILogger logger)
    {
        var directory = options.Directory is { Length: > 0 } given ? given
            : Path.Combine(dataDirectory ?? throw new InvalidOperationException("Neither DataDirectory nor Ingestion:Spill:Directory is set."), "spill");
        var store = new SpillStore(directory, options, logger);
        IngestionMetrics.ObserveSpill(() => store.Bytes);
        return store;
    }
}
