using System.Globalization;
using Adclicks.Bench.Servers;

namespace Adclicks.Bench.Durability;

/// <summary>
/// Kills the server with SIGKILL under full load, again and again: <c>kill [times] [up|ingest]</c>. Pixels are sent once; batches
/// until they are acknowledged, across kills, as a partner would. Then the log is read.
/// </summary>
internal static class KillBench
{
    private const int PixelConnections = 32, BatchConnections = 4, MinLifeMs = 300, MaxLifeMs = 2_000;
    private const int Ok = 200, Gone = 0;
    private static readonly Random _random = new(20261125);

    public static async Task<bool> RunAsync(string[] args)
    {
        var kills = args.Select(a => int.TryParse(a, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0).FirstOrDefault(n => n > 0, 20);
        using var directory = new TemporaryDirectory();
        var data = Path.Combine(directory.Path, "data");
        var book = new ClickBook();
        var unanswered = new long?[BatchConnections];
        for (var kill = 1; kill <= kills; kill++)
        {
            var server = await StartAsync(args, data);
            var load = LoadAsync(server, book, unanswered);
            await Task.Delay(_random.Next(MinLifeMs, MaxLifeMs));
            await server.KillAsync();
            var acknowledged = await load;
            Console.WriteLine($"  kill {kill}: {acknowledged:N0} clicks were acknowledged before it");
        }

        await using (var server = await StartAsync(args, data)) await SettleAsync(server, book, unanswered);
        return await book.CheckAsync(data);
    }

    private static Task<ServerProcess> StartAsync(string[] args, string data) => args.Contains("up") ? ServerProcess.UpAsync(data) : ServerProcess.IngestAsync(data);

    /// <summary>Until the server is gone; clicks acknowledged.</summary>
    private static async Task<long> LoadAsync(ServerProcess server, ClickBook book, long?[] unanswered)
    {
        var pixels = Enumerable.Range(0, PixelConnections).Select(c => Task.Run(() => PixelsAsync(server.Url, book, c)));
        var batches = Enumerable.Range(0, BatchConnections).Select(c => Task.Run(() => BatchesAsync(server, book, unanswered, c)));
        return (await Task.WhenAll(pixels.Concat(batches))).Sum();
    }

    private static async Task<long> PixelsAsync(string url, ClickBook book, int seed)
    {
        var requests = ClickRequests.Pixel(seed);
        using var connection = new ClickConnection(url);
        var acknowledged = 0L;
        while (true)
        {
            var number = book.Take(1);
            var status = await connection.SendAsync(requests.Numbered(number));
            if (status == Gone) return acknowledged;
            if (status != Ok) continue;
            book.Acknowledged(number, 1);
            acknowledged++;
        }
    }

    private static async Task<long> BatchesAsync(ServerProcess server, ClickBook book, long?[] unanswered, int index)
    {
        var requests = ClickRequests.Batch(index, server.IngestKey);
        using var connection = new ClickConnection(server.Url);
        var acknowledged = 0L;
        while (true)
        {
            var first = unanswered[index] ??= book.Take(requests.Clicks);
            var status = await connection.SendAsync(requests.Numbered(first));
            if (status == Gone) return acknowledged;
            if (status != Ok) continue;
            book.Acknowledged(first, requests.Clicks);
            unanswered[index] = null;
            acknowledged += requests.Clicks;
        }
    }

    /// <summary>What the last kill left without an answer is sent once more.</summary>
    private static async Task SettleAsync(ServerProcess server, ClickBook book, long?[] unanswered)
    {
        for (var index = 0; index < BatchConnections; index++)
        {
            if (unanswered[index] is not { } first) continue;
            var requests = ClickRequests.Batch(index, server.IngestKey);
            using var connection = new ClickConnection(server.Url);
            if (await connection.SendAsync(requests.Numbered(first)) == Ok) book.Acknowledged(first, requests.Clicks);
        }
    }
}
