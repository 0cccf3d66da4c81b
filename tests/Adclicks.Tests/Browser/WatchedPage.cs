using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Adclicks.Tests.Browser;

/// <summary>A page whose complaints are kept: errors on the console (a breach of its Content-Security-Policy is one) and what it threw.</summary>
public sealed class WatchedPage : IAsyncDisposable
{
    private const int LimitMs = 20_000;
    private readonly IBrowserContext _context;

    private WatchedPage(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") Complaints.Add($"{message.Type}: {message.Text}");
        };
        page.PageError += (_, error) => Complaints.Add(error);
    }

    public IPage Page { get; }

    public ConcurrentBag<string> Complaints { get; } = [];

    internal static async Task<WatchedPage> OpenAsync(IBrowser browser, int width, int height, ColorScheme colors)
    {
        var context = await browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = height },
            ColorScheme = colors,
            ReducedMotion = ReducedMotion.Reduce,
            Locale = "en-GB",
            // Where it is noon: far from midnight, when the counts of today begin anew. (The sign of these names is turned round.)
            TimezoneId = $"Etc/GMT{DateTimeOffset.UtcNow.Hour - 12:+0;-0;+0}",
        });
        context.SetDefaultTimeout(LimitMs);
        Assertions.SetDefaultExpectTimeout(LimitMs);
        return new WatchedPage(context, await context.NewPageAsync());
    }

    public ValueTask DisposeAsync() => _context.DisposeAsync();
}
