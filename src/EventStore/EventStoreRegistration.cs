using Adclicks.EventStore.Audit;
using Adclicks.EventStore.Embedded;
using Adclicks.EventStore.EventStoreDb;
using Adclicks.EventStore.Reference;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Adclicks.EventStore;

/// <summary>Registers the log.</summary>
public static class EventStoreRegistration
{
    /// <summary>
    /// <see cref="IEventLog"/>, the reference data read from it and the audit log on it: EventStoreDB where <c>EventStore:ConnectionString</c>
    /// or <c>EventStore:Shards</c> is set, else the embedded log in the folder <c>log</c> of <c>DataDirectory</c>.
    /// </summary>
    public static IServiceCollection AddEventStore(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<LogState>();
        if (EventStoreDbClusters.IsConfigured(configuration)) services.AddEventStoreDbLog(configuration);
        else services.AddEmbeddedLog(configuration);
        return services.AddReferenceFeed(configuration).AddAudit(configuration);
    }

    private static void AddEmbeddedLog(this IServiceCollection services, IConfiguration configuration)
    {
        var directory = configuration["DataDirectory"] ?? throw new InvalidOperationException("DataDirectory is not set: the embedded log needs a folder.");
        var options = configuration.GetSection("EventStore:Embedded").Get<EmbeddedLogOptions>() ?? new();
        if (options.Problem() is { } problem) throw new FormatException(problem);
        services.AddSingleton<IEventLog>(provider =>
            EmbeddedEventLog.Open(Path.Combine(directory, "log"), options, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<EmbeddedEventLog>>()));
    }
}
