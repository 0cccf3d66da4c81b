namespace Adclicks.Projections.Archive.Stores;

/// <summary>Opens the store of an archive.</summary>
public static class ArchiveStores
{
    private const string S3 = "s3://";

    /// <summary>A folder, or <c>s3://bucket/prefix</c>.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static IArchiveStore Open(string location, S3Options options) =>
        location.StartsWith(S3, StringComparison.OrdinalIgnoreCase) ? S3Store.Open(location[S3.Length..], options)
        : location.Contains("://", StringComparison.Ordinal) ? throw new FormatException($"{location} is neither a folder nor s3://BUCKET/PREFIX.")
        : new FolderStore(location);
}
