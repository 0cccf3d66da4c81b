namespace Adclicks.EventStore.EventStoreDb;

/// <summary>The server refused something, for good: trying again will not help.</summary>
public sealed class EventStoreDbException : Exception
{
    internal EventStoreDbException(ServerError error, Exception? inner = null)
        : base($"EventStoreDB: {error.Message}", inner) => Kind = error.Kind;

    /// <summary>Why.</summary>
    public ServerErrorKind Kind { get; }
}
