using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Adclicks.Ingestion.Endpoints;

/// <summary>Keeps from the thread of the sockets what is not for it.</summary>
public static class SocketThreadMiddleware
{
    /// <summary>To come before anything else.</summary>
    public static IApplicationBuilder UseSocketThread(this IApplicationBuilder app) =>
        app.Use(next => context => SocketThread.IsInPool || IsPixel(context.Request) ? next(context) : InPoolAsync(next, context));

    private static async Task InPoolAsync(RequestDelegate next, HttpContext context)
    {
        await SocketThread.Leave(context);
        await next(context);
    }

    private static bool IsPixel(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Path.Equals(TrackingEndpoints.Pixel, StringComparison.OrdinalIgnoreCase);
}
