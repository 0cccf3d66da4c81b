namespace Adclicks.Ingestion.Enrichment;

/// <summary>
/// Says when a file was replaced: written in place, moved over, or reached by a link that leads elsewhere now. The system tells
/// of changes in its folder. For what it does not tell, such as a link whose file is written in another folder, the file is looked at
/// every minute all the same.
/// </summary>
internal sealed class FileWatch : IDisposable
{
    /// <summary>A file that is being written is left alone for so long.</summary>
    private static readonly TimeSpan _settle = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan _pollInterval = TimeSpan.FromMinutes(1);
    private readonly string _path;
    private readonly Action _replaced;
    private readonly ITimer _look;
    private readonly FileSystemWatcher? _watcher;
    private readonly Lock _gate = new();
    private (DateTime, long) _stamp;

    /// <summary>Watches from now on; <paramref name="replaced"/> is called for one change at a time.</summary>
    public FileWatch(string path, TimeProvider time, Action replaced)
    {
        (_path, _replaced, _stamp) = (Path.GetFullPath(path), replaced, StampOf(path));
        _look = time.CreateTimer(_ => Look(), null, _pollInterval, _pollInterval);
        _watcher = Watch();
    }

    public void Dispose()
    {
        _watcher?.Dispose();
        _look.Dispose();
    }

    private FileSystemWatcher? Watch()
    {
        try
        {
            // All of the folder: a link in it may change while the name does not.
            var watcher = new FileSystemWatcher(Path.GetDirectoryName(_path)!) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size };
            watcher.Created += (_, _) => LookSoon();
            watcher.Changed += (_, _) => LookSoon();
            watcher.Renamed += (_, _) => LookSoon();
            watcher.Error += (_, _) => LookSoon();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void LookSoon() => _look.Change(_settle, _pollInterval);

    private void Look()
    {
        lock (_gate)
        {
            var stamp = StampOf(_path);
            if (stamp == _stamp || stamp == default) return;
            _stamp = stamp;
            _replaced();
        }
    }

    /// <summary>Of the file that a link leads to.</summary>
    private static (DateTime, long) StampOf(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target) file = target;
            return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        }
        catch (IOException)
        {
            return default;
        }
    }
}
