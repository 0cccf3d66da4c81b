using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Adclicks.Bench.Ingest;

/// <summary>One run of wrk, the HTTP load generator (Debian's package of that name), over loopback.</summary>
/// <param name="PerSecond">Requests answered per second.</param>
/// <param name="Median">Median latency, in ms.</param>
/// <param name="P99">99th percentile of it, in ms.</param>
/// <param name="Failed">Answers that were not 2xx or 3xx, and broken connections.</param>
internal sealed partial record Wrk(double PerSecond, double Median, double P99, long Failed)
{
    /// <summary>Runs it with one thread. <paramref name="script"/> is its Lua file.</summary>
    /// <exception cref="InvalidOperationException">It is not installed, or failed.</exception>
    public static async Task<Wrk> RunAsync(string url, string script, int connections, int seconds)
    {
        var start = new ProcessStartInfo("wrk") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "-t1", $"-c{connections}", $"-d{seconds}s", "--latency", "-s", script, url }) start.ArgumentList.Add(argument);
        using var process = Started(start);
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"wrk failed: {await errors}{output}");
        return new Wrk(
            Number(RequestsPattern(), output),
            Milliseconds(MedianPattern(), output),
            Milliseconds(P99Pattern(), output),
            (long)(Number(RefusedPattern(), output) + BrokenPattern().Matches(output).SelectMany(m => m.Groups.Values.Skip(1)).Sum(g => long.Parse(g.Value, CultureInfo.InvariantCulture))));
    }

    private static Process Started(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new InvalidOperationException("wrk is not installed (apt-get install wrk).");
        }
    }

    private static double Number(Regex pattern, string text) =>
        pattern.Match(text) is { Success: true } match ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;

    private static double Milliseconds(Regex pattern, string text)
    {
        var unit = pattern.Match(text).Groups[2].Value;
        return Number(pattern, text) * unit switch { "us" => 0.001, "s" => 1000, "m" => 60_000, _ => 1 };
    }

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex RequestsPattern();

    [GeneratedRegex(@"50%\s+([\d.]+)(us|ms|s|m)")]
    private static partial Regex MedianPattern();

    [GeneratedRegex(@"99%\s+([\d.]+)(us|ms|s|m)")]
    private static partial Regex P99Pattern();

    [GeneratedRegex(@"Non-2xx or 3xx responses: (\d+)")]
    private static partial Regex RefusedPattern();

    [GeneratedRegex(@"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")]
    private static partial Regex BrokenPattern();
}
