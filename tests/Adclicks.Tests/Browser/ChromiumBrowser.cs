using Microsoft.Playwright;

namespace Adclicks.Tests.Browser;

/// <summary>The Chromium of this machine, driven by Playwright: <c>ADCLICKS_TEST_BROWSER</c>, else what is on the <c>PATH</c>.</summary>
internal sealed class ChromiumBrowser : IAsyncDisposable
{
    private static readonly string[] _names = ["chromium", "chromium-browser", "google-chrome"];
    private static readonly string[] _arguments =
    [
        "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private readonly IPlaywright _playwright;

    private ChromiumBrowser(IPlaywright playwright, IBrowser browser) => (_playwright, Browser) = (playwright, browser);

    public IBrowser Browser { get; }

    /// <summary>Where it is; null where there is none.</summary>
    public static string? Path { get; } = Find();

    public static async Task<ChromiumBrowser> StartAsync()
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Path,
            // Its sandbox does not work as root.
            ChromiumSandbox = Environment.UserName != "root",
            Args = _arguments,
        });
        return new ChromiumBrowser(playwright, browser);
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        _playwright.Dispose();
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("ADCLICKS_TEST_BROWSER") is { Length: > 0 } given) return given;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return folders.SelectMany(folder => _names.Select(name => System.IO.Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }
}
