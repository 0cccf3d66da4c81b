using Adclicks.EventStore.EventStoreDb.Protos;
using Grpc.Core;

namespace Adclicks.EventStore.Tests.EventStoreDb.Double;

/// <summary>One read or subscription at the double.</summary>
internal sealed class DoubleRead(DoubleSettings settings, ReadOptions options, IServerStreamWriter<ReadResponse> responses)
{
    private static readonly Version _firstWithCaughtUp = new(23, 10);

    private string Stream => DoubleStreams.Name(options.Stream.StreamIdentifier);

    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        if (Visible() is not { } content)
        {
            await responses.WriteAsync(new ReadResponse { StreamNotFound = new() { StreamIdentifier = options.Stream.StreamIdentifier } }, cancellationToken);
            return;
        }

        var forwards = options.Direction == ReadOptions.Types.Direction.Forwards;
        var from = options.Stream.FromCase switch
        {
            StreamSource.FromOneofCase.Revision => (long)options.Stream.Revision,
            StreamSource.FromOneofCase.End => forwards ? long.MaxValue : content.Last,
            _ => 0,
        };
        var wanted = forwards
            ? content.Events.Where(e => (long)e.StreamRevision >= from)
            : content.Events.Where(e => (long)e.StreamRevision <= from).Reverse();
        ulong count = 0;
        foreach (var e in wanted)
        {
            if (count++ == options.Count)
                break;
            await responses.WriteAsync(new ReadResponse { Event = new() { Event = e } }, cancellationToken);
        }

        if (options.ControlOption is { Compatibility: > 0 })
            await responses.WriteAsync(new ReadResponse { LastStreamPosition = (ulong)content.Last }, cancellationToken);
    }

    public async Task SubscribeAsync(CancellationToken cancellationToken)
    {
        await responses.WriteAsync(new ReadResponse { Confirmation = new() { SubscriptionId = Guid.NewGuid().ToString() } }, cancellationToken);
        var last = options.Stream.FromCase == StreamSource.FromOneofCase.Revision ? (long)options.Stream.Revision : -1;
        var tellsCaughtUp = Version.Parse(settings.Version) >= _firstWithCaughtUp;
        while (true)
        {
            var changed = settings.Store.Changed;
            var content = Visible();
            foreach (var e in content?.Events.Where(e => (long)e.StreamRevision > last).ToList() ?? [])
            {
                await responses.WriteAsync(new ReadResponse { Event = new() { Event = e } }, cancellationToken);
                last = (long)e.StreamRevision;
            }

            // The server has nothing to say of a stream that is not there yet, not even that.
            if (tellsCaughtUp && content is not null)
            {
                await responses.WriteAsync(new ReadResponse { CaughtUp = new() }, cancellationToken);
                tellsCaughtUp = false;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    private (IReadOnlyList<RecordedMessage> Events, long Last)? Visible()
    {
        var content = settings.Store.Visible(Stream, out var tombstoned);
        return tombstoned ? throw DoubleErrors.StreamDeleted(Stream) : content;
    }
}
