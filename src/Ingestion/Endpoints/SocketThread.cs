using System.Net.Sockets;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Adclicks.Ingestion.Endpoints;

/// <summary>
/// Lets the thread that polls the sockets read pixels itself, in place of handing each to the pool. That thread serves all
/// connections, so nothing else is done on it: what is not a pixel, and a pixel that is answered without the log, moves to the pool,
/// and its connection with it until the next pixel that is recorded.
/// </summary>
public sealed class SocketThread(IOptions<IngestionOptions> options)
{
    private readonly bool _reads = options.Value.SocketThreadReads && IsSupported;

    /// <summary>Whether the runtime has what this takes, a property of sockets that is not public. Where it has not, the pool reads.</summary>
    internal static bool IsSupported { get; } =
        OperatingSystem.IsLinux() && typeof(Socket).GetMethod("set_PreferInlineCompletions", BindingFlags.Instance | BindingFlags.NonPublic, [typeof(bool)]) is not null;

    private static bool IsInPool => Thread.CurrentThread.IsThreadPoolThread;

    /// <summary>For the next requests of a connection whose pixel is on its way to the log. Requests of HTTP/2 are the pool's in any case.</summary>
    internal void Keep(HttpContext context)
    {
        if (_reads && IsInPool && HttpProtocol.IsHttp11(context.Request.Protocol)) Prefer(context, isInline: true);
    }

    /// <summary>What comes behind it runs in the pool, and what the connection gets next.</summary>
    internal static ValueTask LeaveAsync(HttpContext context) => IsInPool ? default : new(MoveAsync(context));

    private static async Task MoveAsync(HttpContext context)
    {
        Prefer(context, isInline: false);
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
    }

    private static void Prefer(HttpContext context, bool isInline)
    {
        if (IsSupported && context.Features.Get<IConnectionSocketFeature>() is { } connection) SetPreferInlineCompletions(connection.Socket, isInline);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_PreferInlineCompletions")]
    private static extern void SetPreferInlineCompletions(Socket socket, bool value);
}

/// <summary>Keeps from the thread of the sockets what is not for it.</summary>
public static class SocketThreadMiddleware
{
    /// <summary>To come before anything else.</summary>
    public static IApplicationBuilder UseSocketThread(this IApplicationBuilder app) => app.Use(next => context =>
    {
        var leaving = IsPixel(context.Request) ? default : SocketThread.LeaveAsync(context);
        return leaving.IsCompletedSuccessfully ? next(context) : ThenAsync(leaving, next, context);
    });

    private static async Task ThenAsync(ValueTask leaving, RequestDelegate next, HttpContext context)
    {
        await leaving;
        await next(context);
    }

    private static bool IsPixel(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Path.Equals(TrackingEndpoints.Pixel, StringComparison.OrdinalIgnoreCase);
}
