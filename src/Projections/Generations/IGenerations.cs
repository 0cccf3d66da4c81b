namespace Adclicks.Projections.Generations;

/// <summary>
/// Generations seen from outside. Building one is the work of the running projectors: they project every generation that
/// is active or being built, so an interrupted build goes on where it was, and a switch meets a generation that is live.
/// </summary>
public interface IGenerations
{
    /// <summary>All of them, the oldest first.</summary>
    Task<IReadOnlyList<Generation>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Starts a new generation, or takes up the one that is being built.</summary>
    /// <param name="plan">Null: all of the log, by the settings of now. A part is built by the rules and with the rollups of the active generation.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">One is being built otherwise, or there is no such archive or partition.</exception>
    Task<Generation> BuildAsync(BuildPlan? plan = null, CancellationToken cancellationToken = default);

    /// <summary>How far a generation is.</summary>
    Task<BuildProgress> ProgressAsync(int generation, CancellationToken cancellationToken = default);

    /// <summary>
    /// The rows, sketches included, in which two generations differ, by table; null where they do not come to be at the
    /// same revisions. An empty list: identical, in the tables that both have. Both may be held back for a moment.
    /// </summary>
    Task<IReadOnlyList<TableDifference>?> CompareAsync(int generation, int other, CancellationToken cancellationToken = default);

    /// <summary>Brings a retired generation up to date again, so that it can be switched back to.</summary>
    /// <exception cref="InvalidOperationException">There is no such generation.</exception>
    Task ResumeAsync(int generation, CancellationToken cancellationToken = default);

    /// <summary>Makes a generation the active one, at once for every reader. The one before is kept.</summary>
    /// <exception cref="InvalidOperationException">There is no such generation, or what is not allowed to be speaks against it.</exception>
    Task SwitchAsync(int generation, SwitchDespite despite = SwitchDespite.Nothing, CancellationToken cancellationToken = default);

    /// <summary>Removes a generation for good.</summary>
    /// <exception cref="InvalidOperationException">There is no such generation, or it is the active one.</exception>
    Task DropAsync(int generation, CancellationToken cancellationToken = default);
}

/// <summary>How far a generation is.</summary>
/// <param name="Clicks">Projected so far.</param>
/// <param name="Events">Projected so far.</param>
/// <param name="EventsInLog">To be projected in all.</param>
/// <param name="DeadLetters">Events set aside; a rebuild with any is to be looked at before it is switched to.</param>
public sealed record BuildProgress(long Clicks, long Events, long EventsInLog, long DeadLetters)
{
    /// <summary>Nothing is left to do.</summary>
    public bool IsComplete => Events >= EventsInLog;
}

/// <summary>How a table of one generation differs from the other's.</summary>
/// <param name="Table">Without its schema.</param>
/// <param name="OnlyInFirst">Rows that the other has not, or not like this.</param>
/// <param name="OnlyInSecond">The other way round.</param>
public sealed record TableDifference(string Table, long OnlyInFirst, long OnlyInSecond);

/// <summary>What may speak against a switch and is to be allowed.</summary>
[Flags]
public enum SwitchDespite
{
    /// <summary>All must be well.</summary>
    Nothing = 0,

    /// <summary>The new generation has set events aside.</summary>
    DeadLetters = 1,

    /// <summary>It is not as far as the active one: clicks vanish from the reports until it is.</summary>
    Lag = 2,
}
