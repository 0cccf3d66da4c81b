using System.Net.Sockets;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Adclicks.Ingestion.Endpoints;

/// <summary>
/// Lets the thread that polls the sockets read pixels itself, in place of handing each to the pool. That thread serves all
/// connections, so nothing else is done on it: what is not a pixel, and a pixel that is answered without the log, moves to the pool,
/// and its connection with it until the next pixel that is recorded.
/// </summary>
internal sealed class SocketThread(IOptions<IngestionOptions> options)
{
    private readonly bool _reads = options.Value.SocketThreadReads && IsSupported;

    /// <summary>Whether the runtime has what this takes, a property of sockets that is not public. Where it has not, the pool reads.</summary>
    private static bool IsSupported { get; } =
        OperatingSystem.IsLinux() && typeof(Socket).GetMethod("set_PreferInlineCompletions", BindingFlags.Instance | BindingFlags.NonPublic, [typeof(bool)]) is not null;

    /// <summary>Whether this is a thread of the pool.</summary>
    public static bool IsInPool => Thread.CurrentThread.IsThreadPoolThread;

    /// <summary>For the next requests of a connection whose pixel is on its way to the log. Requests of HTTP/2 are the pool's in any case.</summary>
    public void Keep(HttpContext context)
    {
        if (_reads && IsInPool && HttpProtocol.IsHttp11(context.Request.Protocol)) Prefer(context, isInline: true);
    }

    /// <summary>
    /// To be awaited: what comes behind runs in the pool, and what the connection gets next. Not a task of its own, which might be over
    /// before it is awaited, and whoever awaited it would stay where he is.
    /// </summary>
    public static ConfiguredTaskAwaitable Leave(HttpContext context)
    {
        if (IsInPool) return Task.CompletedTask.ConfigureAwait(false);
        Prefer(context, isInline: false);
        return Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
    }

    private static void Prefer(HttpContext context, bool isInline)
    {
        if (IsSupported && context.Features.Get<IConnectionSocketFeature>() is { } connection) SetPreferInlineCompletions(connection.Socket, isInline);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_PreferInlineCompletions")]
    private static extern void SetPreferInlineCompletions(Socket socket, bool value);
}
