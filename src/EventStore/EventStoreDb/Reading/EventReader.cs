using System.Runtime.CompilerServices;
using Adclicks.EventStore.EventStoreDb.Connection;
using Adclicks.EventStore.EventStoreDb.Diagnostics;
using Adclicks.EventStore.EventStoreDb.Protos;
using Microsoft.Extensions.Logging;

namespace Adclicks.EventStore.EventStoreDb.Reading;

/// <summary>Reads streams to their end or a count. A read that breaks off goes on where it stopped.</summary>
internal sealed class EventReader(NodeConnection leader, NodeConnection preferred, EventStoreDbOptions options, TimeProvider time, ILogger log)
{
    /// <summary>As <see cref="IEventLog.ReadAsync"/>.</summary>
    public IAsyncEnumerable<RecordedEvent> ReadAsync(
        string stream, ReadDirection direction, long from, long maxCount, CancellationToken cancellationToken) =>
        ReadAsync(preferred, stream, direction, from, maxCount, cancellationToken);

    /// <summary>Forwards to the end, from the node that has all that was ever confirmed.</summary>
    public IAsyncEnumerable<RecordedEvent> ReadFromLeaderAsync(string stream, long from, CancellationToken cancellationToken) =>
        ReadAsync(leader, stream, ReadDirection.Forwards, from, long.MaxValue, cancellationToken);

    /// <summary>The last revision, also when retention hides it; −1 for no stream.</summary>
    public async ValueTask<long> GetLastRevisionAsync(string stream, CancellationToken cancellationToken)
    {
        var last = -1L;
        await foreach (var response in ResponsesAsync(leader, stream, ReadDirection.Backwards, StreamPosition.End, 1, cancellationToken))
        {
            if (response.ContentCase == ReadResponse.ContentOneofCase.Event)
                last = Math.Max(last, (long)response.Event.Event.StreamRevision);
            else if (response.ContentCase == ReadResponse.ContentOneofCase.LastStreamPosition)
                last = Math.Max(last, (long)response.LastStreamPosition);
        }

        return last;
    }

    private async IAsyncEnumerable<RecordedEvent> ReadAsync(
        NodeConnection connection,
        string stream,
        ReadDirection direction,
        long from,
        long maxCount,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var response in ResponsesAsync(connection, stream, direction, from, maxCount, cancellationToken))
        {
            if (response.ContentCase == ReadResponse.ContentOneofCase.Event)
                yield return Wire.Recorded(stream, response.Event.Event);
        }
    }

    private async IAsyncEnumerable<ReadResponse> ResponsesAsync(
        NodeConnection connection,
        string stream,
        ReadDirection direction,
        long from,
        long maxCount,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var step = direction == ReadDirection.Forwards ? 1 : -1;
        var backoff = new Backoff(options);
        while (maxCount > 0 && from >= 0 && (from < StreamPosition.End || direction == ReadDirection.Backwards))
        {
            ServerError? error = null;
            var node = await connection.GetAsync(cancellationToken);
            var request = ReadRequests.Read(stream, direction, from, maxCount);
            using var call = node.Streams.Read(request, node.Stream(connection.RequiresLeader, cancellationToken));
            while (true)
            {
                var (more, failure) = await Responses.NextAsync(call, cancellationToken);
                if (!more)
                {
                    error = failure;
                    break;
                }

                var response = call.ResponseStream.Current;
                if (response.ContentCase == ReadResponse.ContentOneofCase.Event)
                {
                    backoff.Reset();
                    from = (long)response.Event.Event.StreamRevision + step;
                    maxCount--;
                }

                yield return response;
            }

            if (error is null or { Kind: ServerErrorKind.StreamDeleted or ServerErrorKind.NotFound })
                yield break;
            await RetryAsync(connection, node, stream, from, error.Value, backoff.Failures, backoff.Next(), cancellationToken);
        }
    }

    private async Task RetryAsync(
        NodeConnection connection, Node node, string stream, long from, ServerError error, int failures, TimeSpan pause, CancellationToken cancellationToken)
    {
        Responses.ThrowIfFinal(error);
        Responses.Report(connection, node, error);
        if (failures >= options.MaxReadRetries)
            throw new EventLogUnavailableException($"Reading {stream} failed {failures + 1} times in a row: {error.Message}");
        log.ReadFailed(stream, from, error.Message, pause.TotalMilliseconds);
        await Task.Delay(pause, time, cancellationToken);
    }
}
