namespace Adclicks.EventStore;

/// <summary>
/// What this process has found out about the log by using it, beside what the log says of itself. Who writes to it all the time notes
/// here that it is down, and readiness tells.
/// </summary>
public sealed class LogState
{
    private volatile string? _downBecause;

    /// <summary>Why the log is taken for down; null where it is not.</summary>
    public string? DownBecause
    {
        get => _downBecause;
        set => _downBecause = value;
    }
}
