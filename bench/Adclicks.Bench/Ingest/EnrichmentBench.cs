using System.Diagnostics;
using System.Globalization;
using System.Net;
using Adclicks.Ingestion;
using Adclicks.Ingestion.Enrichment;
using Adclicks.Ingestion.Limits;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Adclicks.Bench.Ingest;

/// <summary>
/// What a click costs beside the log, on one thread: a user agent that is known, one that is not, client hints, a rate limit:
/// <c>useragent</c>. Rules and crawlers are those of the settings (<c>Ingestion__UserAgentRules</c>, <c>Ingestion__CrawlerList</c>).
/// </summary>
internal static class EnrichmentBench
{
    private const int Agents = 2_000, Addresses = 10_000, Rounds = 9, Calls = 1_000_000;

    public static void Run()
    {
        var options = new IngestionOptions
        {
            UserAgentRules = Environment.GetEnvironmentVariable("Ingestion__UserAgentRules"),
            CrawlerList = Environment.GetEnvironmentVariable("Ingestion__CrawlerList"),
        };
        var agents = new UserAgents(options, NullLogger<UserAgents>.Instance);
        var texts = Enumerable.Range(0, Agents).Select(TextOf).ToArray();
        var clock = Stopwatch.StartNew();
        foreach (var text in texts) agents.Of(text);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"user agent, not known: {clock.Elapsed.TotalMicroseconds / Agents:N0} us, mean of {Agents:N0}{(options.UserAgentRules is null ? " (without rules)" : "")}"));

        // A request brings a string of its own, never the one that is kept.
        var copies = texts.Select(text => new string(text.AsSpan())).ToArray();
        Measure("user agent, known", i => agents.Of(copies[i % Agents]).DeviceType.Length);
        var hints = new ClientHints("\"Windows\"", "\"15.0.0\"", "?0");
        Measure("the same, frozen, with client hints", i => agents.Of(copies[i % Agents], hints).DeviceType.Length);

        var limits = new RateLimits(Options.Create(new RateLimitOptions { AddressPerSecond = 1_000_000, AddressBurst = 10_000_000 }));
        var addresses = Enumerable.Range(0, Addresses).Select(i => new IPAddress([10, 0, (byte)(i >> 8), (byte)i])).ToArray();
        Measure("rate limit of an address", i => limits.Allow(addresses[i % Addresses]) ? 1 : 0);
        Measure("rate limit, exempt", _ => limits.Allow(IPAddress.Loopback) ? 1 : 0);
    }

    private static string TextOf(int i) => (i % 3) switch
    {
        0 => $"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{i}.0.0.0 Safari/537.36",
        1 => $"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{i}.0.0.0 Mobile Safari/537.36",
        _ => $"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{i}.0.0.0 Safari/537.36",
    };

    private static void Measure(string name, Func<int, int> call)
    {
        var rounds = new double[Rounds];
        var sum = 0L;
        var allocated = 0L;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var clock = Stopwatch.StartNew();
            for (var i = 0; i < Calls; i++) sum += call(i);
            rounds[round] = clock.Elapsed.TotalNanoseconds / Calls;
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Array.Sort(rounds);
        if (sum < 0) throw new UnreachableException();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {rounds[Rounds / 2]:N0} ns (from {rounds[0]:N0}), {allocated / (double)Calls:N0} bytes allocated"));
    }
}
