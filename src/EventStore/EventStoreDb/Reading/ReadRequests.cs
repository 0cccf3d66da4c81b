using Adclicks.EventStore.EventStoreDb.Protos;

namespace Adclicks.EventStore.EventStoreDb.Reading;

/// <summary>The requests for a read and a subscription.</summary>
internal static class ReadRequests
{
    private const uint TellsStreamEnds = 21;

    public static ReadRequest Read(string stream, ReadDirection direction, long from, long maxCount)
    {
        var source = new StreamSource { StreamIdentifier = Wire.Stream(stream) };
        if (from == StreamPosition.End)
            source.End = new Empty();
        else
            source.Revision = (ulong)from;
        var options = Options(source);
        options.Direction = direction == ReadDirection.Forwards ? ReadOptions.Types.Direction.Forwards : ReadOptions.Types.Direction.Backwards;
        options.Count = (ulong)maxCount;
        options.ControlOption = new ControlOption { Compatibility = TellsStreamEnds };
        return new ReadRequest { Options = options };
    }

    /// <summary>To the server a revision is exclusive, and the start is not.</summary>
    public static ReadRequest Subscribe(string stream, long afterRevision)
    {
        var source = new StreamSource { StreamIdentifier = Wire.Stream(stream) };
        if (afterRevision < 0)
            source.Start = new Empty();
        else
            source.Revision = (ulong)afterRevision;
        var options = Options(source);
        options.Subscription = new SubscriptionExtent();
        return new ReadRequest { Options = options };
    }

    private static ReadOptions Options(StreamSource source) => new()
    {
        Stream = source,
        NoFilter = new Empty(),
        // Without it the call hangs.
        UuidOption = new UuidOption { Structured = new Empty() },
    };
}
