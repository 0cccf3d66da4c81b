namespace Adclicks.EventStore;

/// <summary>What a caller is told when some of several appends failed.</summary>
internal static class PartialAppend
{
    /// <summary>
    /// The exception to throw: the first, unless the log was unavailable for some; then one that says whether anything
    /// of it all may have been stored.
    /// </summary>
    /// <param name="all">The task of all appends, failed.</param>
    /// <param name="first">Its first exception.</param>
    /// <param name="someStored">Whether some of the others are known to be stored.</param>
    public static Exception Failure(Task all, Exception first, bool someStored)
    {
        var failures = all.Exception?.InnerExceptions.OfType<EventLogUnavailableException>().ToList() ?? [];
        if (failures.Count == 0)
            return first;
        var unknown = someStored || failures.Any(e => e.OutcomeUnknown);
        return new EventLogUnavailableException(failures[0].Message, first, unknown);
    }
}
