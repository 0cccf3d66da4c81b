namespace Adclicks.Ingestion.Writing;

/// <summary>What became of the clicks of a request.</summary>
internal enum WriteOutcome
{
    /// <summary>They are durable in the log.</summary>
    InLog,

    /// <summary>The log is down or has no room; they are durable on this machine, and on the way there.</summary>
    KeptHere,

    /// <summary>The log is away or busy, and none is acknowledged: to be sent again.</summary>
    Refused,
}
