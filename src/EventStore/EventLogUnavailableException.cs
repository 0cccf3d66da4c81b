namespace Adclicks.EventStore;

/// <summary>The log cannot be reached, or did not answer in time. What failed may be tried again later.</summary>
public sealed class EventLogUnavailableException : Exception
{
    /// <summary>Creates it.</summary>
    public EventLogUnavailableException(string message, Exception? inner = null, bool outcomeUnknown = false)
        : base(message, inner) => OutcomeUnknown = outcomeUnknown;

    /// <summary>
    /// For an append: true when it may or may not have been stored and the log could not be asked. Trying again with
    /// the same event ids settles it.
    /// </summary>
    public bool OutcomeUnknown { get; }
}
