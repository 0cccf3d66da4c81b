using Adclicks.Ingestion.Endpoints;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Adclicks.Bench.Servers;

/// <summary>
/// The baseline: Kestrel reading the same query and writing the same image, or the bytes of a batch, and keeping nothing. Unless it is to be
/// plain, its sockets are scheduled inline as those of adclicks; the thread that polls them hands them to the pool in any case, as Kestrel does.
/// </summary>
internal static class BareServer
{
    private static readonly byte[] _pixel = Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

    public static WebApplication Build(bool isPlain)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        if (!isPlain) builder.WebHost.UseInlineSockets();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet("/track/click", (RequestDelegate)AnswerAsync);
        app.MapPost("/track/click_events", (RequestDelegate)ReadAsync);
        return app;
    }

    private static Task AnswerAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var known = query["ad_id"].Count + query["campaign_id"].Count + query["publisher_id"].Count + query["user_id"].Count + query["impression_id"].Count;
        if (known != 4)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return Task.CompletedTask;
        }

        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = "image/gif";
        context.Response.ContentLength = _pixel.Length;
        return context.Response.Body.WriteAsync(_pixel).AsTask();
    }

    private static async Task ReadAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null);
        context.Response.ContentLength = 0;
    }
}
