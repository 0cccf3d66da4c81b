namespace Adclicks.EventStore.EventStoreDb.Appending;

/// <summary>The size of an append as the server counts it, or a little more; and the cutting of what is too large.</summary>
internal static class AppendSize
{
    /// <summary>The server counts payloads; what else it keeps of an event is allowed for.</summary>
    public static int Of(EventData data) => data.Data.Length + data.Metadata.Length + (data.Type.Length * 2);

    public static long Of(IReadOnlyList<EventData> events)
    {
        long size = 0;
        for (var i = 0; i < events.Count; i++)
            size += Of(events[i]);
        return size;
    }

    /// <summary>
    /// The append in pieces of at most <paramref name="maxBytes"/> each, cut between events; null when that cannot be
    /// done: one event is larger, or the append expects a revision and must stay whole.
    /// </summary>
    public static IReadOnlyList<StreamAppend>? Cut(StreamAppend append, int maxBytes)
    {
        if (Of(append.Events) <= maxBytes)
            return [append];
        if (append.Expected != ExpectedRevision.Any || append.Events.Any(e => Of(e) > maxBytes))
            return null;

        var pieces = new List<StreamAppend>();
        var events = new List<EventData>();
        var size = 0;
        foreach (var data in append.Events)
        {
            if (size + Of(data) > maxBytes)
            {
                pieces.Add(append with { Events = events });
                events = [];
                size = 0;
            }

            events.Add(data);
            size += Of(data);
        }

        pieces.Add(append with { Events = events });
        return pieces;
    }
}
