namespace Adclicks.Projections.Archive.Stores;

/// <summary>An archive in a folder of this machine: an object is a file, renamed to its name once it is on disk.</summary>
public sealed class FolderStore(string folder) : IArchiveStore
{
    private const string Draft = ".new";
    private readonly string _folder = Path.GetFullPath(folder);

    /// <inheritdoc/>
    public string Location => _folder;

    /// <inheritdoc/>
    public async Task<byte[]?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(PathOf(name), cancellationToken);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task WriteAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        File.Move(await WriteDraftAsync(name, bytes, cancellationToken), PathOf(name), overwrite: true);

    /// <inheritdoc/>
    public async Task<bool> TryCreateAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var draft = await WriteDraftAsync(name, bytes, cancellationToken);
        try
        {
            File.Move(draft, PathOf(name), overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(PathOf(name)))
        {
            File.Delete(draft);
            return false;
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        // Whole parts of the name are a folder; what follows the last of them is looked at name by name.
        var below = Path.Combine(_folder, prefix[..(prefix.LastIndexOf('/') + 1)]);
        if (!Directory.Exists(below)) return Task.FromResult<IReadOnlyList<string>>([]);
        return Task.FromResult<IReadOnlyList<string>>(
        [
            .. Directory.EnumerateFiles(below, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(_folder, path).Replace(Path.DirectorySeparatorChar, '/'))
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && !name.EndsWith(Draft, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private async Task<string> WriteDraftAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var draft = $"{path}.{Guid.NewGuid():N}{Draft}";
        await using var file = new FileStream(draft, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        await file.WriteAsync(bytes, cancellationToken);
        file.Flush(flushToDisk: true);
        return draft;
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
