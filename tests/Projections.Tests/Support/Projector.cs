using Adclicks.EventStore;
using Adclicks.Projections.DeadLetters;
using Adclicks.Projections.Generations;
using Adclicks.Projections.Status;
using Adclicks.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Adclicks.Projections.Tests.Support;

/// <summary>A process of role <c>project</c>, started and stopped by a test.</summary>
internal sealed class Projector : IAsyncDisposable
{
    public const int Partitions = 8;
    public const int Lanes = 2;
    private readonly IHost _host;

    private Projector(IHost host) => _host = host;

    public IProjectionStatus Status => _host.Services.GetRequiredService<IProjectionStatus>();

    public IDeadLetters DeadLetters => _host.Services.GetRequiredService<IDeadLetters>();

    public IGenerations Generations => _host.Services.GetRequiredService<IGenerations>();

    public static Task<Projector> StartAsync(string connectionString, IEventLog log, params (string Key, object Value)[] settings) =>
        StartAsync(connectionString, log, TimeProvider.System, settings);

    public static Task<Projector> StartAsync(string connectionString, IEventLog log, TimeProvider clock, params (string Key, object Value)[] settings) =>
        StartAsync(connectionString, log, services => services.AddSingleton(clock), settings);

    public static async Task<Projector> StartAsync(string connectionString, IEventLog log, Action<IServiceCollection> services, params (string Key, object Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var configuration = new Dictionary<string, string?>
        {
            ["Postgres:ConnectionString"] = connectionString,
            ["EventStore:Partitions"] = $"{Partitions}",
            ["Projections:Lanes"] = $"{Lanes}",
            ["Projections:HeartbeatMs"] = "50",
            ["Projections:LiveFlushIntervalMs"] = "10",
            ["Projections:RetryMinMs"] = "10",
            ["Projections:RetryMaxMs"] = "100",
            // At once: whatever a test is about happens while days are merged.
            ["Projections:SettleAfterMs"] = "0",
        };
        foreach (var (key, value) in settings) configuration["Projections:" + key] = Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture);
        builder.Configuration.AddInMemoryCollection(configuration);
        builder.Services.AddSingleton(log);
        services(builder.Services);
        builder.Services.AddProjections(builder.Configuration);
        if (Environment.GetEnvironmentVariable("ADCLICKS_TEST_LOG") is not null) builder.Logging.SetMinimumLevel(LogLevel.Debug).AddSimpleConsole();
        var host = builder.Build();
        await host.StartAsync();
        return new Projector(host);
    }

    /// <summary>Services that look at read models and ask for others, and project nothing.</summary>
    public static ServiceProvider OnlyAsked(string connectionString, IEventLog log)
    {
        var settings = new Dictionary<string, string?> { ["Postgres:ConnectionString"] = connectionString, ["EventStore:Partitions"] = $"{Partitions}" };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        return new ServiceCollection().AddLogging().AddSingleton(log).AddProjectionStatus(configuration).BuildServiceProvider();
    }

    /// <summary>Waits until the status is as wanted.</summary>
    public async Task<ProjectionStatus> WaitAsync(Func<ProjectionStatus, bool> condition)
    {
        ProjectionStatus? status = null;
        await UntilAsync(async () => (status = await TryStatusAsync(TestContext.Current.CancellationToken)) is not null && condition(status));
        return status!;
    }

    /// <summary>Waits until something is so.</summary>
    public static Task UntilAsync(Func<Task<bool>> condition) => Eventually.TrueAsync(condition, "It did not come to be so.");

    /// <summary>Waits until everything in the log is projected.</summary>
    public Task<ProjectionStatus> CaughtUpAsync() => WaitAsync(s => s.Partitions.All(p => p.Lag == 0));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable) await disposable.DisposeAsync();
    }

    private async Task<ProjectionStatus?> TryStatusAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Status.GetAsync(cancellationToken);
        }
        catch (Npgsql.NpgsqlException)
        {
            return null;
        }
    }
}
