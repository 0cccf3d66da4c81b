namespace Adclicks.Reconcile;

/// <summary>What is to be compared.</summary>
/// <param name="Data">The data directory.</param>
/// <param name="Log">A folder with an embedded log, in place of the one in use.</param>
/// <param name="From">The first hour; from the beginning where null.</param>
/// <param name="To">The hour after the last; all before the present one where null.</param>
/// <param name="Advertiser">Whose; of all where null.</param>
/// <param name="Exact">Count users and addresses, and compare with the estimates.</param>
/// <param name="LedgerOnly">Leave the reports out.</param>
/// <param name="Archive">Replay this archive, and from its end on the log where there is one.</param>
/// <param name="Connect">To the running process, for the reports.</param>
internal sealed record ReconcileRequest(
    DirectoryInfo Data, DirectoryInfo? Log, int? From, int? To, string? Advertiser, bool Exact, bool LedgerOnly, string? Archive, Func<HttpClient> Connect);
