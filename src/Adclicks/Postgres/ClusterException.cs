namespace Adclicks.Postgres;

/// <summary>The private cluster cannot be made, started or reached; the message says what to do.</summary>
public sealed class ClusterException(string message) : Exception(message);
