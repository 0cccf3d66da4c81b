using Adclicks.Domain.Billing;

namespace Adclicks.Projections.Billing;

/// <summary>Closes hours.</summary>
public interface IBilling
{
    /// <summary>How far the ledger is.</summary>
    Task<BillingStatus> GetStatusAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Closes all hours whose end is past by the lateness, with all that the log has now. Safe at any time and from several processes: one
    /// wins, the others go on from what it wrote.
    /// </summary>
    /// <returns>The entries written; none where nothing was due.</returns>
    /// <exception cref="InvalidDataException">The ledger has been changed, or the log no longer has what it takes to go on.</exception>
    Task<IReadOnlyList<LedgerEntry>> CloseAsync(CancellationToken cancellationToken = default);
}

/// <summary>The state of the ledger.</summary>
/// <param name="Last">The last entry, with the rows of its last part alone; null before the first.</param>
/// <param name="Revision">Its revision on <c>billing</c>; −1 for none.</param>
/// <param name="DueThrough">The last hour whose end is past by the lateness.</param>
/// <param name="EventsUncovered">Events in the log that no entry covers yet.</param>
public sealed record BillingStatus(LedgerEntry? Last, long Revision, int DueThrough, long EventsUncovered);
