using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Adclicks.Ingestion.Endpoints;

/// <summary>
/// Lets pages of any origin send clicks (<c>navigator.sendBeacon</c>, <c>fetch</c>) and read the answer, which says nothing of
/// anybody. Without credentials, and without the header of the API key, which belongs on no page.
/// </summary>
internal static class CrossOrigin
{
    private const string PreflightAgeSeconds = "86400";

    /// <summary>Answers of an endpoint may be read by any page.</summary>
    public static RouteHandlerBuilder AllowAnyOrigin(this RouteHandlerBuilder endpoint) => endpoint.AddEndpointFilter(static (context, next) =>
    {
        context.HttpContext.Response.Headers.AccessControlAllowOrigin = "*";
        return next(context);
    });

    /// <summary>Answers OPTIONS with the methods of a path; a preflight, where pages may send there, with what they may send.</summary>
    public static void MapOptions(this IEndpointRouteBuilder routes, string path, bool isForPages, params string[] methods)
    {
        var allowed = string.Join(", ", [.. methods, HttpMethods.Options]);
        routes.MapMethods(path, [HttpMethods.Options], (RequestDelegate)(context =>
        {
            var headers = context.Response.Headers;
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            headers.Allow = allowed;
            if (!isForPages) return Task.CompletedTask;
            headers.AccessControlAllowOrigin = "*";
            headers.AccessControlAllowMethods = allowed;
            headers.AccessControlAllowHeaders = "Content-Type";
            headers.AccessControlMaxAge = PreflightAgeSeconds;
            return Task.CompletedTask;
        })).AllowAnonymous().ExcludeFromDescription();
    }
}
