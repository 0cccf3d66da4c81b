using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Adclicks.Tests.Browser;

/// <summary>A publisher's site, on an origin of its own: one page with the given body, and a page for every other path.</summary>
internal sealed class AdSite : IAsyncDisposable
{
    private readonly WebApplication _app;

    private AdSite(WebApplication app) => _app = app;

    public string Url => _app.Urls.First() + "/";

    public static async Task<AdSite> StartAsync(string body)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet("/", () => Results.Content($"<!doctype html><link rel=icon href=data:,><title>Site</title>{body}", "text/html"));
        app.MapGet("/{shop}", (string shop) => Results.Content($"<!doctype html><link rel=icon href=data:,><title>{shop}</title>", "text/html"));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new AdSite(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
