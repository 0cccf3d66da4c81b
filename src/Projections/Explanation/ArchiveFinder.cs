using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Adclicks.Domain.Billing;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Streams;
using Adclicks.Projections.Archive;
using Adclicks.Projections.Archive.Stores;

namespace Adclicks.Projections.Explanation;

/// <summary>What the archive says of a click: what became of it, and by which entry it is billed; not why.</summary>
/// <param name="ClickId">Its event id.</param>
/// <param name="Stream">Where it was in the log.</param>
/// <param name="Revision">Its event there.</param>
/// <param name="Index">Its place in the event.</param>
/// <param name="Said">Its fields as recorded; sealed ones never.</param>
/// <param name="AdvertiserId">It was counted under.</param>
/// <param name="CampaignId">It was counted under.</param>
/// <param name="Verdict">As the reports name it.</param>
/// <param name="IsAdjustment">Whether it came after its hour was closed.</param>
/// <param name="EntryHour">The hour of the entry of the ledger that covers it.</param>
/// <param name="EntryHash">The hash of that entry.</param>
/// <param name="File">The file of the archive it is in.</param>
public sealed record ArchivedExplanation(
    string ClickId, string Stream, long Revision, int Index, IReadOnlyDictionary<string, object> Said, string AdvertiserId, string CampaignId, string Verdict,
    bool IsAdjustment, string EntryHour, string EntryHash, string File)
{
    private static readonly JsonSerializerOptions Lines = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Indented = new(Lines) { WriteIndented = true };

    /// <summary>As JSON, on one line or several.</summary>
    public string ToJson(bool indented) => JsonSerializer.Serialize(this, indented ? Indented : Lines);
}

/// <summary>Finds clicks in an archive by their ids: for those that the log no longer has. A file at a time is in memory.</summary>
public static class ArchiveFinder
{
    /// <summary>All clicks with one of the ids.</summary>
    /// <param name="store">The archive.</param>
    /// <param name="ids">Event ids.</param>
    /// <param name="hour">The hour of the entry they are in; null to look through all, the newest first.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    /// <exception cref="InvalidDataException">A file that the manifest names is not there.</exception>
    public static async IAsyncEnumerable<ArchivedExplanation> FindAsync(
        IArchiveStore store, IReadOnlyCollection<string> ids, int? hour, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var wanted = ids.ToHashSet(StringComparer.Ordinal);
        foreach (var line in (await ArchiveManifest.ReadAsync(store, cancellationToken)).Reverse())
        {
            if (!line.IsClicks || line.File.Length == 0 || (hour is { } only && line.Hour != BillingHour.Text(only))) continue;
            var bytes = await store.ReadAsync(line.File, cancellationToken) ?? throw new InvalidDataException($"{line.File} is not in {store.Location}.");
            foreach (var row in await ClickFile.ReadAsync(bytes, cancellationToken))
            {
                if (Of(row, line, wanted) is { } found) yield return found;
            }
        }
    }

    private static ArchivedExplanation? Of(ArchivedClick row, ManifestLine line, HashSet<string> wanted)
    {
        var click = ClickView.Parse(row.Message.Span);
        var id = Encoding.UTF8.GetString(click.EventId);
        return wanted.Contains(id)
            ? new ArchivedExplanation(
                id, StreamNames.Clicks(row.Partition), row.Revision, row.Index, ClickFields.Of(click), row.AdvertiserId, row.CampaignId, row.Verdict, row.IsAdjustment, line.Hour, line.EntryHash, line.File)
            : null;
    }
}
