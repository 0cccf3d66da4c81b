using Adclicks.EventStore.Tests.EventStoreDb.Double;

namespace Adclicks.EventStore.Tests.EventStoreDb;

/// <summary>The contract over the double, with all that a current server can do.</summary>
public sealed class DoubleContractTests : EventLogFollowingContract, IAsyncDisposable
{
    private EventStoreDbDouble? _server;

    public async ValueTask DisposeAsync()
    {
        if (_server is { } server)
            await server.DisposeAsync();
    }

    protected override async Task<IEventLog> OpenAsync()
    {
        _server = await EventStoreDbDouble.StartAsync();
        return Servers.Open(_server.ConnectionString);
    }
}

/// <summary>The contract over the double as a server of 20.6: no batches, no features, no caught-up signal.</summary>
public sealed class OldDoubleContractTests : EventLogFollowingContract, IAsyncDisposable
{
    private EventStoreDbDouble? _server;

    public async ValueTask DisposeAsync()
    {
        if (_server is { } server)
            await server.DisposeAsync();
    }

    protected override async Task<IEventLog> OpenAsync()
    {
        _server = await EventStoreDbDouble.StartAsync(new DoubleSettings { TellsFeatures = false, BatchAppend = false, Version = "20.6.0" });
        return Servers.Open(_server.ConnectionString);
    }
}

/// <summary>The contract over a real server.</summary>
public sealed class RealContractTests : EventLogFollowingContract
{
    protected override Task<IEventLog> OpenAsync() => Task.FromResult<IEventLog>(Servers.Open(Servers.RealOrSkip()));
}

/// <summary>The contract over a real server, each append a call of its own.</summary>
public sealed class RealUnaryContractTests : EventLogFollowingContract
{
    protected override Task<IEventLog> OpenAsync() =>
        Task.FromResult<IEventLog>(Servers.Open(Servers.RealOrSkip(), o => o.BatchAppend = false));
}
