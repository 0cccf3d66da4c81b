using System.ComponentModel.DataAnnotations;
using Adclicks.Domain.Rollups;
using Adclicks.EventStore;
using Adclicks.EventStore.Reference;
using Adclicks.Projections.Archive;
using Adclicks.Projections.Billing;
using Adclicks.Projections.DeadLetters;
using Adclicks.Projections.Engine;
using Adclicks.Projections.Explanation.Index;
using Adclicks.Projections.Leases;
using Adclicks.Projections.Reference;
using Adclicks.Projections.Generations;
using Adclicks.Projections.Retention;
using Adclicks.Projections.Status;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Adclicks.Projections;

/// <summary>Wires projections: needs an <c>IEventLog</c>, and PostgreSQL at <c>Postgres:ConnectionString</c>.</summary>
public static class ProjectionsRegistration
{
    /// <summary>Projects the log into the read models as long as the host runs.</summary>
    public static IServiceCollection AddProjections(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddProjectionStatus(configuration);
        services.AddReferenceFeed(configuration);
        services.TryAddSingleton<ProjectionThreads>();
        services.AddHostedService<ReferenceProjector>();
        services.AddHostedService<ProjectionService>();
        services.AddHostedService<RetentionService>();
        services.AddHostedService<BillingService>();
        services.AddHostedService<ArchiveService>();
        services.AddHostedService<ClickIndexer>();
        return services;
    }

    /// <summary>Only looks at the read models.</summary>
    public static IServiceCollection AddProjectionStatus(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<ProjectionsOptions>(configuration, ProjectionsOptions.Section)
            .Validate(o => IsValid(o.Dedup), "Projections:Dedup: WindowMs must lie between 1000 and 60000, MemoryClicks between 1 and 1048576, MemoryMs between 0 and 3600000.")
            .Validate(o => IsValid(o.Retention), "Projections:Retention: Minute, Hour and Day must lie between 0 and 36500 days, CheckEvery between 100 ms and a day.");
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => DataSource(configuration, provider.GetRequiredService<IOptions<ProjectionsOptions>>().Value));
        services.TryAddSingleton(_ => new LockConnections(ConnectionString(configuration)));
        services.TryAddSingleton(new LogPartitions(configuration.GetValue("EventStore:Partitions", Domain.Streams.Partitioner.DefaultCount)));
        services.TryAddSingleton(new RollupCatalogue(Cuboids.All));
        services.TryAddSingleton<GenerationStore>();
        services.TryAddSingleton<IGenerations, Generations.Generations>();
        services.TryAddSingleton<IDeadLetters, DeadLetters.DeadLetters>();
        services.TryAddSingleton<IProjectionStatus, ProjectionStatusReader>();
        services.AddBilling(configuration);
        services.AddArchive(configuration);
        services.AddSettings<ClickIndexOptions>(configuration, ClickIndexOptions.Section);
        services.TryAddSingleton<ClickIndex>();
        return services;
    }

    private static void AddBilling(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<BillingOptions>(configuration, BillingOptions.Section);
        services.AddReferenceFeed(configuration);
        services.TryAddSingleton<HeadPublisher>();
        services.TryAddSingleton<LedgerCloser>();
        services.TryAddSingleton<IBilling>(provider => provider.GetRequiredService<LedgerCloser>());
    }

    private static void AddArchive(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<ArchiveOptions>(configuration, ArchiveOptions.Section)
            .Validate(o => IsValid(o.S3), "Archive:S3: TimeoutMs must lie between 100 and 3600000, Retries between 0 and 100.")
            .Validate(o => o.KeepLogDays is null || o.To is { Length: > 0 }, "Archive:KeepLogDays is set and Archive:To is not: only what is archived is taken from the log.");
        services.TryAddSingleton(provider => new ArchiveCopies(provider.GetRequiredService<IOptions<ArchiveOptions>>().Value, configuration["DataDirectory"] ?? Path.GetTempPath(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new WholeLog(provider.GetRequiredService<IEventLog>(), provider.GetRequiredService<ArchiveCopies>()));
        services.TryAddSingleton(provider => new LogTrimmer(
            provider.GetRequiredService<IEventLog>(), provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<GenerationStore>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<LogTrimmer>>()));
    }

    private static bool IsValid(object options) => Validator.TryValidateObject(options, new ValidationContext(options), null, validateAllProperties: true);

    private static string ConnectionString(IConfiguration configuration)
    {
        const string Key = "Postgres:ConnectionString";
        return configuration[Key] ?? throw new InvalidOperationException($"{Key} is not set.");
    }

    /// <summary>A transaction of a process that stands still in the middle of it would keep its lane from others for as long.</summary>
    private static NpgsqlDataSource DataSource(IConfiguration configuration, ProjectionsOptions options)
    {
        var settings = new NpgsqlConnectionStringBuilder(ConnectionString(configuration)) { MaxAutoPrepare = 100, AutoPrepareMinUsages = 3 };
        settings.Options = $"{settings.Options} -c idle_in_transaction_session_timeout={options.LeaseMs}".TrimStart();
        return NpgsqlDataSource.Create(settings);
    }
}
