using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Adclicks.Support;

namespace Adclicks.Tests.EndToEnd;

/// <summary><c>adclicks up</c> as a process of its own on a data directory, to be stopped, killed and started again.</summary>
internal sealed class AdclicksProcess : IAsyncDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(120);
    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource<Uri> _isUp = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AdclicksProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, e) => LookWhereItListens(e.Data);
        process.ErrorDataReceived += (_, e) =>
        {
            lock (_errors) _errors.AppendLine(e.Data);
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public bool IsRunning => !_process.HasExited;

    public HttpClient Http { get; private set; } = new();

    public string IngestKey { get; private set; } = "";

    public string AnalystKey { get; private set; } = "";

    public string AdminKey { get; private set; } = "";

    /// <summary>Starts it and returns when it is ready.</summary>
    public static async Task<AdclicksProcess> UpAsync(string data, string postgres, string? visitorKey = null, params (string Key, string Value)[] settings)
    {
        File.Delete(Path.Combine(data, "address"));
        var up = new AdclicksProcess(Start([.. settings, .. visitorKey is null ? Array.Empty<(string, string)>() : [("Privacy:VisitorKey", visitorKey)]], "up", "--data", data, "--urls", "http://127.0.0.1:0", "--postgres", postgres));
        try
        {
            await up.WaitUntilReadyAsync(data);
            return up;
        }
        catch
        {
            await up.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts <c>adclicks project</c> beside it, on a log and a PostgreSQL that are shared; does not wait for it.</summary>
    public static AdclicksProcess Project(string data, string postgres, params (string Key, string Value)[] settings) =>
        new(Start(settings, "project", "--data", data, "--urls", "http://127.0.0.1:0", "--postgres", postgres));

    /// <summary>Starts a tool and does not wait for it, so that it can be killed.</summary>
    public static AdclicksProcess Begin((string Key, string Value)[] settings, params string[] arguments) => new(Start(settings, arguments));

    /// <summary>Runs a command to its end: exit code and everything it said.</summary>
    public static Task<(int Code, string Output)> RunAsync(params string[] arguments) => RunAsync([], arguments);

    /// <summary>The same, with settings.</summary>
    public static async Task<(int Code, string Output)> RunAsync((string Key, string Value)[] settings, params string[] arguments)
    {
        using var process = Start(settings, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(_limit);
        return (process.ExitCode, await output + await errors);
    }

    /// <summary>Returns when one that was not waited for listens; it can then be asked as an admin, by the keys in <paramref name="data"/>.</summary>
    public async Task UntilItListensAsync(string data)
    {
        Http.BaseAddress = await _isUp.Task.WaitAsync(_limit);
        await ReadKeysAsync(data);
    }

    /// <summary>Kills it where it has not ended; its exit code, 137 for the killed.</summary>
    public async Task<int> KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(_limit);
        return _process.ExitCode;
    }

    /// <summary>Returns when it has ended by itself.</summary>
    public Task UntilEndedAsync() => _process.WaitForExitAsync().WaitAsync(_limit);

    /// <summary>Stops it in mid-air (SIGSTOP), until <see cref="ContinueAsync"/>.</summary>
    public Task PauseAsync() => SignalAsync("-STOP");

    public Task ContinueAsync() => SignalAsync("-CONT");

    /// <summary>As a service manager does.</summary>
    public async Task<int> StopAsync()
    {
        await SignalAsync("-TERM");
        await _process.WaitForExitAsync().WaitAsync(_limit);
        return _process.ExitCode;
    }

    public async Task<JsonElement> ReportAsync(string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/reports/clicks/" + query);
        request.Headers.Add("X-Api-Key", AnalystKey);
        using var response = await Http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonDocument.Parse(body).RootElement;
    }

    /// <summary>The rows of a report once there are so many gross clicks in it; more fail at once.</summary>
    public async Task<List<JsonElement>> UntilReportedAsync(string query, long gross)
    {
        List<JsonElement> rows = [];
        var seen = 0L;
        await Eventually.TrueAsync(
            async () =>
            {
                rows = (await ReportAsync(query)).GetProperty("rows").EnumerateArray().ToList();
                seen = rows.Sum(row => row.GetProperty("gross_click_count").GetInt64());
                return seen >= gross;
            },
            () => $"{seen} of {gross} clicks are in the report.",
            _limit);
        Assert.Equal(gross, seen);
        return rows;
    }

    /// <summary>Asks as an admin.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-Api-Key", AdminKey);
        using var response = await Http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonDocument.Parse(body).RootElement;
    }

    /// <summary>Asks for a close of what is due; false where there was no answer of 200.</summary>
    public async Task<bool> CloseAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/admin/billing/close");
        request.Headers.Add("X-Api-Key", AdminKey);
        try
        {
            using var response = await Http.SendAsync(request);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            return false;
        }
    }

    /// <summary>Puts reference data.</summary>
    public async Task PutAsync(string path, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Api-Key", AdminKey);
        using var response = await Http.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Sends lines of clicks; null where there was no answer of 200.</summary>
    public async Task<JsonElement?> SendAsync(string lines)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/track/click_events") { Content = new StringContent(lines, Encoding.UTF8, "application/x-ndjson") };
        request.Headers.Add("X-Api-Key", IngestKey);
        try
        {
            using var response = await Http.SendAsync(request);
            return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<JsonElement>() : null;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
        Http.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    private static Process Start((string Key, string Value)[] settings, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "adclicks.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (key, value) in settings) start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        return Process.Start(start)!;
    }

    private async Task WaitUntilReadyAsync(string data)
    {
        await Eventually.TrueAsync(async () => _process.HasExited || await IsReadyAsync(data), Problem, _limit);
        Assert.False(_process.HasExited, Problem());

        string Problem()
        {
            lock (_errors) return $"adclicks up did not become ready: {_errors}";
        }
    }

    private async Task<bool> IsReadyAsync(string data)
    {
        try
        {
            if (Http.BaseAddress is null)
            {
                using var address = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(data, "address")));
                await ReadKeysAsync(data);
                Http.BaseAddress = new Uri(address.RootElement.GetProperty("Url").GetString()!);
            }

            using var ready = await Http.GetAsync("/health/ready");
            return ready.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is IOException or HttpRequestException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private async Task ReadKeysAsync(string data)
    {
        var keys = JsonSerializer.Deserialize<Dictionary<string, string>>(await File.ReadAllTextAsync(Path.Combine(data, "keys.json")))!;
        (IngestKey, AnalystKey, AdminKey) = (keys["ingest"], keys["analyst"], keys["admin"]);
    }

    /// <summary>A role says where it listens in a line of its log.</summary>
    private void LookWhereItListens(string? line)
    {
        if (line?.Contains("\"Up with ", StringComparison.Ordinal) != true) return;
        using var parsed = JsonDocument.Parse(line);
        _isUp.TrySetResult(new Uri(parsed.RootElement.GetProperty("Url").GetString()!));
    }
}
