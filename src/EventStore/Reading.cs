namespace Adclicks.EventStore;

/// <summary>Which way to read.</summary>
public enum ReadDirection
{
    /// <summary>From old to new.</summary>
    Forwards,

    /// <summary>From new to old.</summary>
    Backwards,
}

/// <summary>Named places in a stream.</summary>
public static class StreamPosition
{
    /// <summary>The first event.</summary>
    public const long Start = 0;

    /// <summary>The last event.</summary>
    public const long End = long.MaxValue;
}

/// <summary>What a subscription delivers: an event, or the news that there are no more for now.</summary>
/// <param name="Event">The event; null for the caught-up signal.</param>
public readonly record struct SubscriptionMessage(RecordedEvent? Event)
{
    /// <summary>The signal that the reader has reached the end.</summary>
    public static SubscriptionMessage CaughtUp => default;

    /// <summary>Whether this is the signal.</summary>
    public bool IsCaughtUp => Event is null;
}

/// <summary>Retention of a stream. A null member sets no limit.</summary>
/// <param name="MaxAge">Older events are hidden.</param>
/// <param name="MaxCount">Only this many of the last events are kept.</param>
/// <param name="TruncateBefore">Events with a lower revision are hidden.</param>
public sealed record StreamMetadata(TimeSpan? MaxAge = null, long? MaxCount = null, long? TruncateBefore = null)
{
    /// <summary>No limits.</summary>
    public static StreamMetadata None { get; } = new();
}
