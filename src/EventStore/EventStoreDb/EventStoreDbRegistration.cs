using Adclicks.Domain.Streams;
using Adclicks.EventStore.EventStoreDb.Connection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Adclicks.EventStore.EventStoreDb;

/// <summary>Registers EventStoreDB as the log.</summary>
public static class EventStoreDbRegistration
{
    /// <summary>
    /// <see cref="IEventLog"/> on the clusters of <c>EventStore:ConnectionString</c> and <c>EventStore:Shards</c>. A
    /// start whose shards contradict the recorded ones fails. Throws <see cref="FormatException"/> at first use of a
    /// wrong configuration.
    /// </summary>
    public static IServiceCollection AddEventStoreDbLog(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<EventStoreDbOptions>(configuration, "EventStore:EventStoreDb");
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => EventStoreDbClusters.Open(
            configuration,
            configuration.GetValue("EventStore:Partitions", Partitioner.DefaultCount),
            provider.GetRequiredService<IOptions<EventStoreDbOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<IEventLog>(provider => provider.GetRequiredService<EventStoreDbClusters>().Log);
        return services.AddHostedService<ShardCheck>();
    }

    /// <summary>Refuses to start on shards that are not those of the log; without an answer the first use asks again.</summary>
    private sealed class ShardCheck(EventStoreDbClusters clusters) : IHostedService
    {
        private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(_patience);
            try
            {
                await clusters.Log.CheckMapAsync(limit.Token);
            }
            catch (Exception e) when (e is EventLogUnavailableException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                // Ingest and projections say themselves that the log is away, and wait for it.
            }
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
