using System.Diagnostics;
using System.Globalization;
using Adclicks.EventStore;
using Adclicks.EventStore.EventStoreDb;
using Adclicks.EventStore.EventStoreDb.Connection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Adclicks.Bench.EventStoreDb;

/// <summary>
/// Writers and readers on a server that somebody kills meanwhile; then the count of what was confirmed and what is there.
/// <c>eventstoredb-outage [connection string] [seconds]</c>.
/// </summary>
internal static class EventStoreDbOutage
{
    private const int Streams = 16;
    private const int EventsPerAppend = 3;
    private const int EventBytes = 5_000;
    private static readonly TimeSpan _retryPause = TimeSpan.FromMilliseconds(50);

    public static async Task RunAsync(string[] args)
    {
        var connectionString = args.ElementAtOrDefault(0) ?? "esdb://127.0.0.1:2113?tls=false";
        var seconds = args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 20;
        await using var log = new EventStoreDbLog(connectionString, new EventStoreDbOptions(), TimeProvider.System, NullLogger<EventStoreDbLog>.Instance);
        var run = Guid.NewGuid().ToString("N")[..8];
        var clock = Stopwatch.StartNew();
        var outages = new Outages(clock);
        using var stop = new CancellationTokenSource();
        var streams = Enumerable.Range(0, Streams).Select(i => $"outage-{run}-{i}").ToArray();
        var reading = streams.Select(stream => Task.Run(() => ReadAsync(log, stream, stop.Token))).ToArray();
        var written = await Task.WhenAll(streams.Select(stream => Task.Run(() => WriteAsync(log, stream, seconds, clock, outages))));
        Console.WriteLine($"{written.Sum(ids => ids.Count) / EventsPerAppend:N0} appends confirmed; {outages}");

        var wrong = 0;
        for (var i = 0; i < streams.Length; i++)
        {
            var stored = new List<Guid>();
            await foreach (var e in log.ReadAsync(streams[i], ReadDirection.Forwards, 0))
                stored.Add(e.Id);
            wrong += stored.SequenceEqual(written[i]) ? 0 : 1;
        }

        stop.CancelAfter(TimeSpan.FromSeconds(5));
        var gaps = (await Task.WhenAll(reading)).Count(contiguous => !contiguous);
        Console.WriteLine($"{wrong} of {Streams} streams differ from what was confirmed; {gaps} readers saw a gap or a repeat");
    }

    /// <summary>The ids confirmed, in order. What was not confirmed is sent again, the same.</summary>
    private static async Task<List<Guid>> WriteAsync(EventStoreDbLog log, string stream, double seconds, Stopwatch clock, Outages outages)
    {
        var confirmed = new List<Guid>();
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            var events = Enumerable.Range(0, EventsPerAppend).Select(_ => new EventData(Guid.CreateVersion7(), "bench", new byte[EventBytes], default)).ToArray();
            while (!await TryAsync(log, stream, events, outages))
                await Task.Delay(_retryPause);
            confirmed.AddRange(events.Select(e => e.Id));
        }

        return confirmed;
    }

    private static async Task<bool> TryAsync(EventStoreDbLog log, string stream, EventData[] events, Outages outages)
    {
        try
        {
            var result = await log.AppendAsync(stream, ExpectedRevision.Any, events);
            outages.Confirmed();
            return result.Succeeded ? true : throw new InvalidOperationException(result.ToString());
        }
        catch (EventLogUnavailableException e)
        {
            outages.Failed(e.OutcomeUnknown);
            return false;
        }
    }

    /// <summary>Whether every revision came once, in order.</summary>
    private static async Task<bool> ReadAsync(EventStoreDbLog log, string stream, CancellationToken cancellationToken)
    {
        var next = 0L;
        try
        {
            await foreach (var message in log.SubscribeAsync(stream, -1, cancellationToken))
            {
                if (message.Event is { } e && e.Revision != next++)
                    return false;
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the run.
        }

        return true;
    }

    private sealed class Outages(Stopwatch clock)
    {
        private readonly Lock _lock = new();
        private int _refused;
        private int _unknown;
        private TimeSpan _last;
        private TimeSpan _longest;

        public void Failed(bool outcomeUnknown)
        {
            lock (_lock)
                _ = outcomeUnknown ? _unknown++ : _refused++;
        }

        public void Confirmed()
        {
            lock (_lock)
            {
                var now = clock.Elapsed;
                _longest = now - _last > _longest ? now - _last : _longest;
                _last = now;
            }
        }

        public override string ToString() =>
            $"callers told: {_refused:N0} refused, {_unknown:N0} unknown; longest time without a confirmation {_longest.TotalSeconds:N1} s";
    }
}
