using Microsoft.AspNetCore.Hosting;

namespace Adclicks.Ingestion.Endpoints;

/// <summary>On which thread a request runs.</summary>
public static class SocketScheduling
{
    /// <summary>
    /// A request is read, handled and answered by the thread that its socket woke, and whoever answers sends. Kestrel calls it unsafe, because
    /// a handler that blocks holds up others: ours do not.
    /// </summary>
    public static IWebHostBuilder UseInlineSockets(this IWebHostBuilder web) => web.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
}
