using Adclicks.EventStore;
using Adclicks.Projections.Billing;
using Adclicks.Projections.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Adclicks.Projections.Tests.Billing;

/// <summary>A process that can close hours, without a database: it needs none.</summary>
internal sealed class ClosingProcess : IAsyncDisposable
{
    private readonly IHost _host;

    private ClosingProcess(IHost host) => _host = host;

    public IBilling Billing => _host.Services.GetRequiredService<IBilling>();

    public static async Task<ClosingProcess> StartAsync(IEventLog log, TimeProvider clock)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Postgres:ConnectionString"] = "Host=nowhere",
            ["EventStore:Partitions"] = $"{Projector.Partitions}",
            // Many parts, each an append of its own.
            ["Billing:RowsPerEvent"] = "7",
            ["Billing:AppendBytes"] = "1",
        });
        builder.Services.AddSingleton(log);
        builder.Services.AddSingleton(clock);
        builder.Services.AddProjectionStatus(builder.Configuration);
        var host = builder.Build();
        await host.StartAsync();
        return new ClosingProcess(host);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable) await disposable.DisposeAsync();
    }
}

/// <summary>A clock that a test sets.</summary>
internal sealed class SetClock : TimeProvider
{
    public DateTimeOffset Now { get; set; }

    public override DateTimeOffset GetUtcNow() => Now;
}
