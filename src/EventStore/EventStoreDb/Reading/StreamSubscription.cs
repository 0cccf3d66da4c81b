using System.Runtime.CompilerServices;
using Adclicks.EventStore.EventStoreDb.Connection;
using Adclicks.EventStore.EventStoreDb.Diagnostics;
using Adclicks.EventStore.EventStoreDb.Protos;
using Microsoft.Extensions.Logging;

namespace Adclicks.EventStore.EventStoreDb.Reading;

/// <summary>
/// A catch-up subscription that outlives connections: dropped for whatever reason, also for reading too slowly, it
/// resumes after the last event it delivered.
/// </summary>
internal sealed class StreamSubscription(
    NodeConnection preferred, EventReader reader, EventStoreDbOptions options, TimeProvider time, ILogger log)
{
    /// <summary>As <see cref="IEventLog.SubscribeAsync"/>.</summary>
    public async IAsyncEnumerable<SubscriptionMessage> RunAsync(
        string stream, long afterRevision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var lag = EventStoreDbMetrics.TrackLag(stream);
        var last = afterRevision;
        var backoff = new Backoff(options);
        while (true)
        {
            var run = new Run();
            await foreach (var message in OneCallAsync(stream, last, run, cancellationToken))
            {
                backoff.Reset();
                if (message.Event is { } e)
                {
                    last = e.Revision;
                    lag.Delivered(e.Created, time.GetUtcNow());
                }
                else
                {
                    lag.CaughtUp();
                }

                yield return message;
            }

            var pause = backoff.Next();
            log.SubscriptionDropped(stream, last, run.Reason, pause.TotalMilliseconds);
            EventStoreDbMetrics.Resubscriptions.Add(1);
            await Task.Delay(pause, time, cancellationToken);
        }
    }

    /// <summary>Ends when the call does, unless trying again is no use.</summary>
    private async IAsyncEnumerable<SubscriptionMessage> OneCallAsync(
        string stream, long last, Run run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await NodeAsync(run, cancellationToken) is not { } node)
            yield break;
        using var call = node.Streams.Read(ReadRequests.Subscribe(stream, last), node.Stream(preferred.RequiresLeader, cancellationToken));
        var endToReach = long.MaxValue;
        while (true)
        {
            var (more, failure) = await Responses.NextAsync(call, cancellationToken);
            if (!more)
            {
                run.Reason = failure?.Message ?? "the server ended it";
                if (failure is not { } error)
                    yield break;
                Responses.ThrowIfFinal(error);
                Responses.Report(preferred, node, error);
                yield break;
            }

            var response = call.ResponseStream.Current;
            switch (response.ContentCase)
            {
                case ReadResponse.ContentOneofCase.Event when (long)response.Event.Event.StreamRevision > last:
                    last = (long)response.Event.Event.StreamRevision;
                    yield return new SubscriptionMessage(Wire.Recorded(stream, response.Event.Event));
                    break;
                case ReadResponse.ContentOneofCase.CaughtUp:
                    yield return SubscriptionMessage.CaughtUp;
                    break;
                case ReadResponse.ContentOneofCase.Confirmation:
                    // No server tells the end of a stream that does not exist yet, and an older one tells none.
                    var end = await EndAsync(stream, cancellationToken);
                    endToReach = end < 0 || !node.Abilities.SignalsCaughtUp ? end : long.MaxValue;
                    break;
            }

            if (last < endToReach)
                continue;
            endToReach = long.MaxValue;
            yield return SubscriptionMessage.CaughtUp;
        }
    }

    private async Task<Node?> NodeAsync(Run run, CancellationToken cancellationToken)
    {
        try
        {
            return await preferred.GetAsync(cancellationToken);
        }
        catch (EventLogUnavailableException e)
        {
            run.Reason = e.Message;
            return null;
        }
    }

    private async Task<long> EndAsync(string stream, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.GetLastRevisionAsync(stream, cancellationToken);
        }
        catch (EventLogUnavailableException)
        {
            // The subscription will break too, and ask again.
            return long.MaxValue;
        }
    }

    private sealed class Run
    {
        public string Reason { get; set; } = "";
    }
}
