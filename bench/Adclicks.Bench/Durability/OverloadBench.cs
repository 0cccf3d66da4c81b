using System.Diagnostics;
using System.Globalization;
using Adclicks.Bench.Servers;

namespace Adclicks.Bench.Durability;

/// <summary>
/// Twice the requests that the server can take, sent by the clock: <c>overload [up|ingest] [pixels|batches] [xCONNECTIONS] [seconds]</c>.
/// What it can take is measured first. Memory must stay flat, accepted requests quick, and what was acknowledged be in the log. Who waits for
/// answers on so many connections waits for as many answers: of 30,000 a second 1,000 connections get theirs every 33 ms, whatever the server does.
/// So a bare Kestrel is sent the same at the end: what that waits is owed to the load generator and the machine.
/// </summary>
internal static class OverloadBench
{
    private const int PixelConnections = 1_000, BatchConnections = 64, ClosedPixelConnections = 64, ClosedBatchConnections = 4, CapacitySeconds = 10, BareSeconds = 20, Factor = 2;
    private const int Ok = 200, TooMany = 429, Unavailable = 503;

    public static async Task<bool> RunAsync(string[] args)
    {
        var seconds = args.Select(a => int.TryParse(a, NumberStyles.None, CultureInfo.InvariantCulture, out var s) ? s : 0).FirstOrDefault(s => s > 0, 60);
        var asked = args.Where(a => a.StartsWith('x')).Select(a => int.Parse(a.AsSpan(1), CultureInfo.InvariantCulture)).FirstOrDefault();
        var isGood = true;
        foreach (var isPixel in new[] { true, false })
        {
            if (args.Contains(isPixel ? "batches" : "pixels")) continue;
            using var directory = new TemporaryDirectory();
            var book = new ClickBook();
            var data = Path.Combine(directory.Path, "data");
            var connections = asked > 0 ? asked : isPixel ? PixelConnections : BatchConnections;
            double rate;
            await using (var server = await (args.Contains("ingest") ? ServerProcess.IngestAsync(data) : ServerProcess.UpAsync(data)))
            {
                ClickRequests Requests(int seed) => isPixel ? ClickRequests.Pixel(seed) : ClickRequests.Batch(seed, server.IngestKey);
                var warm = await LoadAsync(server, book, Requests, isPixel ? ClosedPixelConnections : ClosedBatchConnections, CapacitySeconds, rate: null);
                var capacity = (await LoadAsync(server, book, Requests, isPixel ? ClosedPixelConnections : ClosedBatchConnections, CapacitySeconds, rate: null)).Accepted / (double)CapacitySeconds;
                rate = Factor * capacity;
                Console.WriteLine($"{(isPixel ? "pixels" : $"batches of {ClickRequests.BatchClicks}")}: {capacity:N0} requests/s accepted without overload (after {warm.Accepted:N0} to warm up); now {rate:N0}/s on {connections:N0} connections for {seconds} s");
                var memory = new List<long>();
                using var stop = new CancellationTokenSource();
                var watching = WatchAsync(server, memory, stop.Token);
                var load = await LoadAsync(server, book, Requests, connections, seconds, rate);
                await stop.CancelAsync();
                await watching;
                Console.WriteLine($"  {load}");
                Console.WriteLine($"  memory: {Mebibytes(memory, 0, 0.2):N0} MiB in the first fifth, {Mebibytes(memory, 0.8, 1):N0} in the last, {memory.Max() >> 20:N0} at the most");
            }

            await BareAsync(isPixel, connections, seconds, rate);
            isGood &= await book.CheckAsync(data);
        }

        return isGood;
    }

    private static async Task BareAsync(bool isPixel, int connections, int seconds, double rate)
    {
        await using var bare = await ServerProcess.BareAsync(isPlain: false);
        ClickRequests Requests(int seed) => isPixel ? ClickRequests.Pixel(seed) : ClickRequests.Batch(seed, key: "");
        await LoadAsync(bare, new ClickBook(), Requests, isPixel ? ClosedPixelConnections : ClosedBatchConnections, CapacitySeconds, rate: null);
        Console.WriteLine($"  a bare Kestrel, sent the same: {await LoadAsync(bare, new ClickBook(), Requests, connections, Math.Min(seconds, BareSeconds), rate)}");
    }

    private static double Mebibytes(List<long> memory, double from, double to) =>
        memory.Skip((int)(memory.Count * from)).Take(Math.Max(1, (int)(memory.Count * (to - from)))).DefaultIfEmpty().Average() / (1 << 20);

    private static async Task WatchAsync(ServerProcess server, List<long> memory, CancellationToken cancellationToken)
    {
        do memory.Add(server.ResidentBytes);
        while (!await Task.Delay(500, cancellationToken).ContinueWith(t => t.IsCanceled, TaskScheduler.Default));
    }

    private static async Task<Load> LoadAsync(ServerProcess server, ClickBook book, Func<int, ClickRequests> requests, int connections, int seconds, double? rate)
    {
        var started = Stopwatch.GetTimestamp();
        var loads = await Task.WhenAll(Enumerable.Range(0, connections).Select(c => Task.Run(() => SendAsync(server.Url, book, requests(c), c, connections, started, seconds, rate))));
        return Load.Of(loads, seconds);
    }

    /// <summary>One connection's share, by the clock where there is a rate; late requests are sent at once.</summary>
    private static async Task<Load> SendAsync(string url, ClickBook book, ClickRequests requests, int index, int connections, long started, int seconds, double? rate)
    {
        var load = new Load();
        using var connection = new ClickConnection(url);
        for (var turn = 0L; Stopwatch.GetElapsedTime(started).TotalSeconds < seconds; turn++)
        {
            if (rate is { } perSecond)
            {
                var due = TimeSpan.FromSeconds(((turn * connections) + index) / perSecond) - Stopwatch.GetElapsedTime(started);
                if (due > TimeSpan.FromMilliseconds(1)) await Task.Delay(due);
            }

            var first = book.Take(requests.Clicks);
            var sent = Stopwatch.GetTimestamp();
            var status = await connection.SendAsync(requests.Numbered(first));
            load.Add(status, Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            if (status == Ok) book.Acknowledged(first, requests.Clicks);
            else if (status is Unavailable or TooMany) book.Refused(first, requests.Clicks);
            else if (status == 0) break;
        }

        return load;
    }

    private sealed class Load
    {
        private readonly List<float> _accepted = [], _refused = [];
        private int _other, _seconds;

        public int Accepted => _accepted.Count;

        public void Add(int status, double milliseconds)
        {
            if (status == Ok) _accepted.Add((float)milliseconds);
            else if (status is Unavailable or TooMany) _refused.Add((float)milliseconds);
            else _other++;
        }

        public static Load Of(Load[] parts, int seconds)
        {
            var all = new Load { _seconds = seconds, _other = parts.Sum(p => p._other) };
            foreach (var part in parts)
            {
                all._accepted.AddRange(part._accepted);
                all._refused.AddRange(part._refused);
            }

            all._accepted.Sort();
            all._refused.Sort();
            return all;
        }

        public override string ToString() =>
            $"sent {(_accepted.Count + _refused.Count + _other) / (double)_seconds:N0}/s: accepted {_accepted.Count / (double)_seconds:N0}/s, p50 {At(_accepted, 0.5):N1} p99 {At(_accepted, 0.99):N1} ms; "
            + $"503 or 429 {_refused.Count / (double)_seconds:N0}/s, p99 {At(_refused, 0.99):N1} ms; {_other:N0} of anything else";

        private static float At(List<float> sorted, double place) => sorted.Count == 0 ? 0 : sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * place))];
    }
}
