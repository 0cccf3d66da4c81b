using Adclicks.Domain.Access;
using Adclicks.Domain.Clicks;
using Adclicks.Ingestion.Bodies;
using Adclicks.Ingestion.Client;
using Adclicks.Ingestion.Limits;
using Adclicks.Ingestion.Writing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Adclicks.Ingestion.Endpoints;

/// <summary>The ways in: <c>/track/…</c>.</summary>
internal static class TrackingEndpoints
{
    public const string Pixel = "/track/click", Event = "/track/click_event", Batch = "/track/click_events", Schema = "/track/click_events.proto", Script = "/track/adclicks.js";

    /// <summary>Maps all of them.</summary>
    public static void MapTracking(this IEndpointRouteBuilder routes)
    {
        var pixel = routes.ServiceProvider.GetRequiredService<PixelEndpoint>();
        var writer = routes.ServiceProvider.GetRequiredService<ClickWriter>();
        // Nobody signs in for a pixel, and it has metrics of its own: the middleware behind routing is not for it.
        routes.MapMethods(Pixel, [HttpMethods.Get, HttpMethods.Head], (RequestDelegate)pixel.HandleAsync).AllowAnonymous().DisableHttpMetrics().ShortCircuit().DescribePixel();
        // Those who read the bodies have limits of their own, which they name.
        routes.MapPost(Event, (HttpContext context, EventEndpoint endpoint) => endpoint.HandleAsync(context))
            .AllowAnyOrigin().AddEndpointFilter<RateLimitFilter>().AddEndpointFilter(new BusyFilter(writer, ClickSource.Event)).AddEndpointFilter<BrokenBodyFilter>()
            .WithMetadata(new DisableRequestSizeLimitAttribute()).AllowAnonymous().DescribeEvent();
        routes.MapPost(Batch, (HttpContext context, BatchEndpoint endpoint) => endpoint.HandleAsync(context))
            .AddEndpointFilter<RateLimitFilter>().AddEndpointFilter(new BusyFilter(writer, ClickSource.Batch)).AddEndpointFilter<BrokenBodyFilter>()
            .WithMetadata(new DisableRequestSizeLimitAttribute()).RequireAuthorization(Roles.Ingest).DescribeBatch();
        routes.MapMethods(Schema, [HttpMethods.Get, HttpMethods.Head], () => Results.Bytes(ClickProtobuf.Schema, "text/plain")).AllowAnonymous().WithSummary("The schema of the Protobuf form of clicks").Produces<string>(contentType: "text/plain");
        routes.MapMethods(Script, [HttpMethods.Get, HttpMethods.Head], ClientScript.Serve).AllowAnonymous().WithSummary("The script that counts clicks on the ads of a page")
            .Produces<string>(contentType: "text/javascript").Produces(StatusCodes.Status304NotModified);
        routes.MapOptions(Pixel, isForPages: true, HttpMethods.Get, HttpMethods.Head);
        routes.MapOptions(Event, isForPages: true, HttpMethods.Post);
        routes.MapOptions(Batch, isForPages: false, HttpMethods.Post);
        routes.MapOptions(Schema, isForPages: false, HttpMethods.Get, HttpMethods.Head);
        routes.MapOptions(Script, isForPages: true, HttpMethods.Get, HttpMethods.Head);
    }
}
