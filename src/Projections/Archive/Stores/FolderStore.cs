using Adclicks.EventStore.Files;

namespace Adclicks.Projections.Archive.Stores;

/// <summary>
/// An archive in a folder of this machine: an object is a file, renamed to its name once it is on disk, and that name is flushed. Until then it is a draft that its
/// writer holds locked; drafts that nobody holds are of writers that were killed, and go when the next one writes into the same folder.
/// </summary>
public sealed class FolderStore(string folder) : IArchiveStore
{
    private const string Draft = ".new";
    private const int Tries = 5;
    private const int HeldTries = 200;
    private static readonly TimeSpan HeldPause = TimeSpan.FromMilliseconds(10);
    private readonly string _folder = Path.GetFullPath(folder);

    /// <inheritdoc/>
    public string Location => _folder;

    /// <inheritdoc/>
    public async Task<byte[]?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        for (var i = 1; ; i++)
        {
            try
            {
                await using var file = new FileStream(PathOf(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
                var bytes = new byte[file.Length];
                await file.ReadExactlyAsync(bytes, cancellationToken);
                return bytes;
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                return null;
            }
            catch (IOException) when (i < HeldTries)
            {
                // It has its name, so it is whole; its writer has not let go of it yet.
                await Task.Delay(HeldPause, cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public async Task WriteAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await using var draft = await WriteDraftAsync(name, bytes, cancellationToken);
        File.Move(draft.Name, PathOf(name), overwrite: true);
        FlushFolder(name);
    }

    /// <inheritdoc/>
    public async Task<bool> TryCreateAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await using var draft = await WriteDraftAsync(name, bytes, cancellationToken);
        var isOurs = TryName(draft, PathOf(name));
        // Somebody else's too: we go on from there, and that one may not have come so far.
        FlushFolder(name);
        return isOurs;
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

    /// <summary>The draft, on disk and still held.</summary>
    private async Task<FileStream> WriteDraftAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var path = PathOf(name);
        var folder = Path.GetDirectoryName(path)!;
        DurableFolder.Create(folder);
        RemoveLeftDrafts(folder);
        var draft = CreateDraft(path);
        try
        {
            await draft.WriteAsync(bytes, cancellationToken);
            DurableFile.Flush(draft);
            return draft;
        }
        catch
        {
            File.Delete(draft.Name);
            await draft.DisposeAsync();
            throw;
        }
    }

    private static bool TryName(FileStream draft, string path)
    {
        try
        {
            File.Move(draft.Name, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft.Name);
            return false;
        }
    }

    private static FileStream CreateDraft(string path)
    {
        for (var i = 1; ; i++)
        {
            try
            {
                var draft = Hold($"{path}.{Guid.NewGuid():N}{Draft}", FileMode.CreateNew);
                if (File.Exists(draft.Name)) return draft;
                draft.Dispose();
            }
            catch (IOException e) when (i < Tries && e is not DirectoryNotFoundException)
            {
            }

            // Between being created and being locked, another writer took it for one that was left.
            if (i == Tries) throw new IOException($"{path}: no draft of it can be written.");
        }
    }

    private static void RemoveLeftDrafts(string folder)
    {
        foreach (var draft in Directory.EnumerateFiles(folder, "*" + Draft))
        {
            try
            {
                using var held = Hold(draft, FileMode.Open);
                File.Delete(draft);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Somebody is writing it, or it is there no more, or it is not ours to remove.
            }
        }
    }

    /// <summary>Opened and locked, until it is disposed or the process ends.</summary>
    private static FileStream Hold(string draft, FileMode mode) => new(draft, mode, FileAccess.Write, FileShare.None, bufferSize: 0);

    private void FlushFolder(string name) => DurableFolder.Flush(Path.GetDirectoryName(PathOf(name))!);

    private string PathOf(string name) => Path.Combine(_folder, name);
}
