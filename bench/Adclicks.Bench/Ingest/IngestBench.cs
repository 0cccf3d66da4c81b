using System.Globalization;
using Adclicks.Bench.Servers;

namespace Adclicks.Bench.Ingest;

/// <summary>
/// Durable clicks per second over HTTP, beside a bare Kestrel in the same run, each server in a process of its own:
/// <c>ingest [up|ingest] [plain] [seconds]</c>. <c>up</c> (the default) is the whole process, projecting into PostgreSQL meanwhile;
/// <c>ingest</c> its ingestion alone. <c>plain</c> leaves the baseline with Kestrel's own settings. The two take turns in short rounds, who is first
/// left to chance, because a shared machine is faster at one time than at another: of each round the ratio counts, of all of them the median.
/// </summary>
internal static class IngestBench
{
    public const int Ads = 5_000, BatchClicks = 500;

    /// <summary>By then what is hot is compiled (<see cref="StartBench"/>).</summary>
    private const int WarmUpSeconds = 20;

    private const int Rounds = 15, RoundSeconds = 3, BatchRounds = 5, Connections = 64, BatchConnections = 4;

    public static async Task RunAsync(string[] args)
    {
        var isWhole = !args.Contains("ingest");
        var seconds = args.Select(a => int.TryParse(a, NumberStyles.None, CultureInfo.InvariantCulture, out var s) ? s : 0).FirstOrDefault(s => s > 0, RoundSeconds);
        using var directory = new TemporaryDirectory();
        var data = Path.Combine(directory.Path, "data");
        await using var bare = await ServerProcess.BareAsync(isPlain: args.Contains("plain"));
        await using var ours = await (isWhole ? ServerProcess.UpAsync(data) : ServerProcess.IngestAsync(data));
        var scripts = new WrkScripts(directory.Path, ours.IngestKey);
        Console.WriteLine($"{(isWhole ? "the whole process" : "ingestion alone")}, embedded log, {Ads:N0} ads, {seconds} s a round, wrk on the same {Environment.ProcessorCount} cores");

        await PixelsAsync(bare, ours, scripts.Pixel, seconds);
        await OneByOneAsync(ours, scripts.Pixel, directory.Path, seconds);
        await BatchesAsync(ours, scripts.Batch, seconds);
    }

    private static async Task PixelsAsync(ServerProcess bare, ServerProcess ours, string script, int seconds)
    {
        await Wrk.RunAsync(bare.Url, script, Connections, WarmUpSeconds);
        await Wrk.RunAsync(ours.Url, script, Connections, WarmUpSeconds);
        var (ratios, p99s, cpus) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 1; round <= Rounds; round++)
        {
            var isFirst = Random.Shared.Next(2) == 0;
            var early = isFirst ? await MeasureAsync(ours, script, seconds) : null;
            var baseline = await MeasureAsync(bare, script, seconds);
            var durable = early ?? await MeasureAsync(ours, script, seconds);
            ratios.Add(durable.Load.PerSecond / baseline.Load.PerSecond);
            p99s.Add(durable.Load.P99);
            cpus.Add(durable.CpuMicroseconds);
            Console.WriteLine($"  pixel x{Connections}  bare {baseline}   durable {durable}, {durable.AllocatedPerRequest:N0} bytes allocated, {durable.Load.Failed} failed   ratio {ratios[^1]:N2}");
        }

        Console.WriteLine($"  of {Rounds} rounds: ratio {Spread(ratios, "N2")}; p99 {Spread(p99s, "N1")} ms; {Spread(cpus, "N1")} us of CPU");
    }

    /// <summary>The median, and the least and the most.</summary>
    private static string Spread(List<double> values, string format)
    {
        values.Sort();
        return $"{values[values.Count / 2].ToString(format, CultureInfo.InvariantCulture)} ({values[0].ToString(format, CultureInfo.InvariantCulture)} to {values[^1].ToString(format, CultureInfo.InvariantCulture)})";
    }

    private static async Task<Round> MeasureAsync(ServerProcess server, string script, int seconds)
    {
        var (cpu, allocated) = (server.Cpu, await server.AllocatedAsync());
        var load = await Wrk.RunAsync(server.Url, script, Connections, seconds);
        var requests = load.PerSecond * seconds;
        return new(load, (server.Cpu - cpu).TotalMicroseconds / requests, (await server.AllocatedAsync() - allocated) / requests);
    }

    private static async Task OneByOneAsync(ServerProcess ours, string script, string directory, int seconds)
    {
        var sync = Disk.MedianSyncMilliseconds(directory);
        var one = await Wrk.RunAsync(ours.Url, script, 1, seconds);
        Console.WriteLine($"  pixel x1   {one.PerSecond:N0}/s p50 {one.Median:N2} ms p99 {one.P99:N2} ms; one fsync of 4 KiB here {sync:N2} ms, so 2 of them + 1 ms = {(2 * sync) + 1:N2} ms");
    }

    private static async Task BatchesAsync(ServerProcess ours, string script, int seconds)
    {
        await Wrk.RunAsync(ours.Url, script, BatchConnections, WarmUpSeconds);
        for (var round = 1; round <= BatchRounds; round++)
        {
            var (cpu, allocated) = (ours.Cpu, await ours.AllocatedAsync());
            var batches = await Wrk.RunAsync(ours.Url, script, BatchConnections, seconds);
            var clicks = batches.PerSecond * BatchClicks * seconds;
            Console.WriteLine(
                $"  NDJSON {BatchClicks} x{BatchConnections}  {clicks / seconds:N0} clicks/s  p99 {batches.P99:N1} ms, {(ours.Cpu - cpu).TotalMicroseconds / clicks:N1} us of CPU and {(await ours.AllocatedAsync() - allocated) / clicks:N0} bytes allocated a click, {batches.Failed} failed");
        }
    }

    private sealed record Round(Wrk Load, double CpuMicroseconds, double AllocatedPerRequest)
    {
        public override string ToString() => $"{Load.PerSecond,7:N0}/s p50 {Load.Median:N1} p99 {Load.P99:N1} ms, {CpuMicroseconds:N1} us of CPU";
    }
}
