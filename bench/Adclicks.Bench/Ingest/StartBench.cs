using System.Diagnostics;
using Adclicks.Bench.Servers;

namespace Adclicks.Bench.Ingest;

/// <summary>
/// Durable pixels per second in each of the first seconds of a process, while the runtime compiles what is hot, with the settings of build/runtime.props and
/// with those of the runtime itself, which take turns: <c>start [up|ingest]</c>.
/// </summary>
internal static class StartBench
{
    private const int Turns = 3, Seconds = 10, Connections = 64;

    public static async Task RunAsync(string[] args)
    {
        var isWhole = !args.Contains("ingest");
        Console.WriteLine($"{(isWhole ? "the whole process" : "ingestion alone")}, embedded log, wrk with {Connections} connections on the same {Environment.ProcessorCount} cores; pixels/s in each second after the start");
        var (ours, defaults) = (new List<double[]>(), new List<double[]>());
        for (var turn = 0; turn < Turns; turn++)
        {
            var isFirst = Random.Shared.Next(2) == 0;
            if (isFirst) ours.Add(await MeasureAsync("ours    ", isWhole));
            defaults.Add(await MeasureAsync("defaults", isWhole, ServerProcess.RuntimeDefaults));
            if (!isFirst) ours.Add(await MeasureAsync("ours    ", isWhole));
        }

        Console.WriteLine("  times as many as with the defaults, by second: " + string.Join(' ', Enumerable.Range(0, Seconds).Select(i => $"{ours.Sum(t => t[i]) / defaults.Sum(t => t[i]):N1}")));
    }

    private static async Task<double[]> MeasureAsync(string name, bool isWhole, params (string Key, string Value)[] settings)
    {
        using var directory = new TemporaryDirectory();
        var data = Path.Combine(directory.Path, "data");
        var clock = Stopwatch.StartNew();
        await using var server = await (isWhole ? ServerProcess.UpAsync(data, settings) : ServerProcess.IngestAsync(data, settings));
        var (ready, scripts) = (clock.Elapsed, new WrkScripts(directory.Path, server.IngestKey));
        var rates = new double[Seconds];
        for (var i = 0; i < Seconds; i++) rates[i] = (await Wrk.RunAsync(server.Url, scripts.Pixel, Connections, seconds: 1)).PerSecond;
        Console.WriteLine($"  {name}  ready in {ready.TotalSeconds:N1} s; {string.Join(' ', rates.Select(r => $"{r,7:N0}"))}");
        return rates;
    }
}
