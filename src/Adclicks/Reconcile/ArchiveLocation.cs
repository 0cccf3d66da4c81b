using Adclicks.Hosting;
using Adclicks.Projections.Archive;
using Adclicks.Projections.Archive.Stores;

namespace Adclicks.Reconcile;

/// <summary>Opens an archive for a tool, by the settings of section <c>Archive</c>.</summary>
internal static class ArchiveLocation
{
    /// <summary>The settings.</summary>
    public static ArchiveOptions Options() => ToolConfiguration.Load().GetSection(ArchiveOptions.Section).Get<ArchiveOptions>() ?? new();

    /// <summary>The archive at a place; at <c>Archive:To</c> where none is given.</summary>
    /// <param name="place">A folder, or <c>s3://bucket/prefix</c>.</param>
    /// <param name="create">Whether a folder may be new.</param>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static IArchiveStore Open(string? place, bool create = false)
    {
        var options = Options();
        place ??= options.To is { Length: > 0 } set ? set : throw new InvalidDataException("No archive is given, and Archive:To is not set.");
        var store = ArchiveStores.Open(place, options.S3);
        return create || store is not FolderStore || Directory.Exists(store.Location) ? store : throw new InvalidDataException($"There is no archive in {store.Location}.");
    }
}
