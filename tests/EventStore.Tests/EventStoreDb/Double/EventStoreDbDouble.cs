using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Adclicks.EventStore.Tests.EventStoreDb.Double;

/// <summary>
/// An EventStoreDB in this process: the part of the protocol that the adapter uses, over real HTTP/2 on loopback.
/// That it answers as the real server does is what <c>DoubleConformanceTests</c> checks, where there is one.
/// </summary>
internal sealed class EventStoreDbDouble : IAsyncDisposable
{
    private readonly WebApplication _app;

    private EventStoreDbDouble(WebApplication app, DoubleSettings settings, DoubleNode node) =>
        (_app, Settings, Node) = (app, settings, node);

    public DoubleSettings Settings { get; }

    public DoubleNode Node { get; }

    public int Port => Node.Port;

    public string ConnectionString => $"esdb://127.0.0.1:{Port}?tls=false";

    public static async Task<EventStoreDbDouble> StartAsync(DoubleSettings? settings = null, int port = 0)
    {
        settings ??= new DoubleSettings();
        var node = new DoubleNode(settings);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(
            System.Net.IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton(settings).AddSingleton(node);
        builder.Services.AddGrpc(o => o.MaxReceiveMessageSize = 17 * 1024 * 1024);
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(o => o.ShutdownTimeout = TimeSpan.Zero);
        var app = builder.Build();
        app.MapGrpcService<DoubleStreams>();
        app.MapGrpcService<DoubleFeatures>();
        app.MapGrpcService<DoubleGossip>();
        await app.StartAsync(TestContext.Current.CancellationToken);
        node.Port = new Uri(app.Urls.First()).Port;
        return new EventStoreDbDouble(app, settings, node);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
