using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Adclicks.Access;
using Adclicks.Domain.Access;

namespace Adclicks.Bench.Servers;

/// <summary>
/// A server in a process of its own, with the runtime settings that adclicks has: it shares nothing with whoever measures it
/// but the machine.
/// </summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    /// <summary>Undoes build/runtime.props: what the runtime does by itself, in hexadecimal, as it reads it.</summary>
    public static readonly (string Key, string Value)[] RuntimeDefaults =
    [
        ("DOTNET_ThreadPool_UnfairSemaphoreSpinLimit", "46"), ("DOTNET_TC_CallCountingDelayMs", "64"), ("DOTNET_TC_CallCountThreshold", "1E"),
    ];

    private static readonly TimeSpan _startLimit = TimeSpan.FromSeconds(120), _stopLimit = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly TaskCompletionSource<string> _url = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _said = [];

    private ServerProcess(Process process, string data)
    {
        (_process, Data) = (process, data);
        process.OutputDataReceived += (_, e) => Hear(e.Data);
        process.ErrorDataReceived += (_, e) => Hear(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Where it listens.</summary>
    public string Url { get; private set; } = "";

    /// <summary>Its data directory; empty for the baseline, which keeps nothing.</summary>
    public string Data { get; }

    /// <summary>The key for batches.</summary>
    public string IngestKey => KeyFile.Load(Path.Combine(Data, "keys.json"))[Roles.Ingest];

    /// <summary>CPU time it has used.</summary>
    public TimeSpan Cpu => Fresh.TotalProcessorTime;

    /// <summary>Memory it holds.</summary>
    public long ResidentBytes => Fresh.WorkingSet64;

    private Process Fresh
    {
        get
        {
            _process.Refresh();
            return _process;
        }
    }

    /// <summary>The baseline.</summary>
    /// <param name="isPlain">Whether with the settings of Kestrel and the runtime in place of ours.</param>
    public static Task<ServerProcess> BareAsync(bool isPlain) => isPlain
        ? StartAsync("Adclicks.Bench.dll", ["server", ServerHost.Plain], "", RuntimeDefaults)
        : StartAsync("Adclicks.Bench.dll", ["server", ServerHost.Bare], "");

    /// <summary>What <c>./adclicks up</c> runs.</summary>
    public static Task<ServerProcess> UpAsync(string data, params (string Key, string Value)[] settings) =>
        StartAsync("adclicks.dll", ["up", "--data", data, "--urls", "http://127.0.0.1:0"], data, settings);

    /// <summary>Its ingestion alone.</summary>
    public static Task<ServerProcess> IngestAsync(string data, params (string Key, string Value)[] settings) =>
        StartAsync("Adclicks.Bench.dll", ["server", data], data, settings);

    /// <summary>Bytes its runtime has allocated so far; 0 for the baseline, which does not say.</summary>
    public async Task<double> AllocatedAsync()
    {
        if (Data.Length == 0) return 0;
        using var client = new HttpClient();
        var metrics = await client.GetStringAsync(new Uri(Url + "/metrics"));
        return AllocatedPattern().Match(metrics) is { Success: true } found ? double.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Ends it as Ctrl-C does.</summary>
    public async ValueTask DisposeAsync()
    {
        using var process = _process;
        if (process.HasExited) return;
        using (var signal = Process.Start("kill", ["-TERM", $"{process.Id}"])) await signal.WaitForExitAsync();
        await process.WaitForExitAsync().WaitAsync(_stopLimit);
    }

    private static async Task<ServerProcess> StartAsync(string assembly, string[] arguments, string data, params (string Key, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, assembly), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["Serilog__MinimumLevel__Default"] = "Error";
        // Measurements run under settings of their own.
        start.Environment["DOTNET_gcServer"] = "0";
        foreach (var (key, value) in settings) start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        var server = new ServerProcess(Process.Start(start)!, data);
        try
        {
            server.Url = await server._url.Task.WaitAsync(_startLimit);
            await server.WaitUntilReadyAsync();
            return server;
        }
        catch
        {
            await server.KillAsync();
            throw;
        }
    }

    private async Task WaitUntilReadyAsync()
    {
        using var client = new HttpClient();
        var click = new Uri(Url + "/track/click?ad_id=warm-up&campaign_id=warm-up&publisher_id=warm-up&user_id=warm-up");
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            using var answer = await client.GetAsync(click);
            if (answer.IsSuccessStatusCode) return;
            if (clock.Elapsed > _startLimit) throw new TimeoutException($"The server does not take clicks: {answer.StatusCode}.");
        }
    }

    /// <summary>The first address it names is its own.</summary>
    private void Hear(string? line)
    {
        if (line is null)
        {
            lock (_said) _url.TrySetException(new InvalidOperationException("The server ended: " + string.Join('\n', _said)));
            return;
        }

        lock (_said) _said.Add(line);
        if (UrlPattern().Match(line) is { Success: true } url) _url.TrySetResult(url.Value);
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex UrlPattern();

    [GeneratedRegex(@"^dotnet_gc_heap_total_allocated_bytes_total\S* (\S+)", RegexOptions.Multiline)]
    private static partial Regex AllocatedPattern();
}
