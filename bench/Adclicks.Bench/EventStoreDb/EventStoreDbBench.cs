using System.Diagnostics;
using System.Globalization;
using Adclicks.Domain.Clicks;
using Adclicks.EventStore;
using Adclicks.EventStore.EventStoreDb;
using Adclicks.EventStore.EventStoreDb.Connection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Adclicks.Bench.EventStoreDb;

/// <summary>
/// What the adapter gets through against a real server, beside the same server driven by single unary appends.
/// <c>eventstoredb [connection string] [seconds per phase]</c>.
/// </summary>
internal static class EventStoreDbBench
{
    private const int Waiting = 64;
    private const int ClicksPerEvent = 256;
    private const int EventsPerAppend = 18;
    private const int FullBatchWriters = 4;

    public static async Task RunAsync(string[] args)
    {
        var connectionString = args.ElementAtOrDefault(0) ?? "esdb://127.0.0.1:2113?tls=false";
        var seconds = args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 4;
        var run = Guid.NewGuid().ToString("N")[..8];
        await using var unary = Open(connectionString, batch: false);
        await using var batch = Open(connectionString, batch: true);

        Console.WriteLine($"a click is {BenchClicks.One().Length} bytes; {seconds} s a phase");
        var one = await AppendAsync("one unary append at a time, a click each", unary, $"bench-{run}-a", 1, 1, 1, seconds);
        var many = await AppendAsync($"{Waiting} waiting, unary, a click each", unary, $"bench-{run}-b", Waiting, 1, 1, seconds);
        var alone = await AppendAsync($"{Waiting} waiting, pipelined, a click each", batch, $"bench-{run}-c", Waiting, 1, 1, seconds);
        var group = await AppendAsync($"{Waiting} waiting requests to a group commit", batch, $"bench-{run}-d", 1, 1, Waiting, seconds);
        var full = await AppendAsync("full batches", batch, $"bench-{run}-e", FullBatchWriters, EventsPerAppend, ClicksPerEvent, seconds);
        Console.WriteLine($"over single unary appends ({one:N0}/s): {alone / one:N1} x alone, {group / one:N1} x group commit, {full / one:N1} x full");
        Console.WriteLine($"over {Waiting} of them at once ({many:N0}/s): {alone / many:N1} x alone, {group / many:N1} x group commit, {full / many:N1} x full");
        await ReadAsync(batch, [.. Enumerable.Range(0, FullBatchWriters).Select(i => $"bench-{run}-e-{i}")]);
    }

    private static EventStoreDbLog Open(string connectionString, bool batch) => new(
        connectionString, new EventStoreDbOptions { BatchAppend = batch }, TimeProvider.System, NullLogger<EventStoreDbLog>.Instance);

    /// <summary>Clicks a second, confirmed, from writers that each wait for their append before the next.</summary>
    private static async Task<double> AppendAsync(
        string what, EventStoreDbLog log, string stream, int writers, int eventsPerAppend, int clicksPerEvent, double seconds)
    {
        var payload = BenchClicks.Packed(clicksPerEvent);
        var metadata = BenchClicks.Metadata(clicksPerEvent);
        await log.GetLastRevisionAsync(stream);
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, writers).Select(w => Task.Run(async () =>
        {
            long clicks = 0;
            while (clock.Elapsed.TotalSeconds < seconds)
            {
                var events = new EventData[eventsPerAppend];
                for (var i = 0; i < events.Length; i++)
                    events[i] = new EventData(Guid.CreateVersion7(), ClicksRecorded.EventType, payload, metadata);
                var result = await log.AppendAsync($"{stream}-{w}", ExpectedRevision.Any, events);
                if (!result.Succeeded)
                    throw new InvalidOperationException(result.ToString());
                clicks += eventsPerAppend * clicksPerEvent;
            }

            return clicks;
        })));
        var rate = counts.Sum() / clock.Elapsed.TotalSeconds;
        Console.WriteLine($"{what,-48} {rate,12:N0} clicks/s {rate * payload.Length / clicksPerEvent / 1e6,8:N1} MB/s");
        return rate;
    }

    /// <summary>Catch-up to the end of every stream at once, each click walked.</summary>
    private static async Task ReadAsync(EventStoreDbLog log, string[] streams)
    {
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(streams.Select(stream => Task.Run(async () =>
        {
            long clicks = 0;
            await foreach (var message in log.SubscribeAsync(stream, -1))
            {
                if (message.IsCaughtUp)
                    break;
                foreach (var click in ClicksRecorded.Read(message.Event!.Data.Span))
                    clicks += click.ClickedAtMs > 0 ? 1 : 0;
            }

            return clicks;
        })));
        Console.WriteLine($"{$"catch-up read of {streams.Length} streams",-48} {counts.Sum() / clock.Elapsed.TotalSeconds,12:N0} clicks/s ({counts.Sum():N0} clicks)");
    }
}
