using Adclicks.EventStore.Files;
using Microsoft.Extensions.Logging;

namespace Adclicks.Ingestion.Writing.Spill;

/// <summary>What is read back of one file.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Records">What is whole of it, in order.</param>
/// <param name="IsFromEarlierRun">Another run of the process wrote it, and may have replayed part of it.</param>
internal sealed record SpillSegment(string Path, IReadOnlyList<SpillRecord> Records, bool IsFromEarlierRun);

/// <summary>
/// The files of the spill: appended to and flushed to disk by the group, read whole, removed when all of one is in the
/// log. Bounded in bytes. Processes that share a data directory have a folder each, and take over what a dead one left.
/// </summary>
internal sealed class SpillStore : IDisposable
{
    private const int MaxFolders = 64;
    private const string Extension = ".spill";
    private readonly Lock _gate = new();
    private readonly SpillOptions _options;
    private readonly ILogger _logger;
    private readonly FileStream _lock;
    private readonly string _folder;
    private readonly HashSet<string> _ours = [];
    private readonly SortedDictionary<string, long> _closed = new(StringComparer.Ordinal);
    private FileStream? _active;
    private long _closedBytes;
    private long _activeBytes;

    /// <summary>Opens it, with what was left.</summary>
    /// <exception cref="IOException">The folder cannot be made or is used up.</exception>
    public SpillStore(string directory, SpillOptions options, ILogger logger)
    {
        (_options, _logger) = (options, logger);
        (_folder, _lock) = Enumerable.Range(0, MaxFolders).Select(i => TryLock(Path.Combine(directory, $"{i}"))).FirstOrDefault(l => l is not null)
            ?? throw new IOException($"No folder of {directory} is free.");
        foreach (var other in Directory.GetDirectories(directory).Where(d => d != _folder)) TakeOver(other);
        foreach (var file in Directory.GetFiles(_folder, "*" + Extension)) AddClosed(file, new FileInfo(file).Length);
    }

    /// <summary>Bytes that wait.</summary>
    public long Bytes => Interlocked.Read(ref _closedBytes) + Interlocked.Read(ref _activeBytes);

    /// <summary>Whether a file waits that nothing more is written to.</summary>
    public bool HasClosed => Interlocked.Read(ref _closedBytes) > 0;

    /// <summary>Returns when the records are on disk; false where there is no room, and then none is.</summary>
    /// <exception cref="IOException">The disk does not take them; none is kept.</exception>
    public bool TryAppend(IReadOnlyList<SpillRecord> records)
    {
        var bytes = new byte[records.Sum(r => r.Bytes)];
        var at = 0;
        foreach (var record in records)
        {
            record.WriteTo(bytes.AsSpan(at));
            at += record.Bytes;
        }

        lock (_gate)
        {
            if (Bytes + bytes.Length > _options.MaxBytes) return false;
            if (_active is null || _activeBytes >= _options.SegmentBytes) Rotate();
            try
            {
                // A new file has a name to keep, too.
                if (_activeBytes == 0) DurableFolder.Flush(_folder);
                _active!.Write(bytes);
                DurableFile.Flush(_active);
                Interlocked.Add(ref _activeBytes, bytes.Length);
                return true;
            }
            catch (IOException)
            {
                Forget();
                throw;
            }
        }
    }

    /// <summary>The oldest file, which is not written to any more; null where nothing waits.</summary>
    public SpillSegment? Oldest()
    {
        string path;
        lock (_gate)
        {
            if (_closed.Count == 0 && _activeBytes > 0) Close();
            if (_closed.Count == 0) return null;
            path = _closed.First().Key;
        }

        return Read(path);
    }

    /// <summary>All that was there when it was opened.</summary>
    public IEnumerable<SpillSegment> Leftovers()
    {
        string[] paths;
        lock (_gate) paths = [.. _closed.Keys.Where(p => !_ours.Contains(p))];
        return paths.Select(Read);
    }

    /// <summary>Removes a file whose records are in the log; one with a part that could not be read or stored is put aside.</summary>
    public void Remove(SpillSegment segment, string? asideAs = null)
    {
        lock (_gate)
        {
            if (!_closed.Remove(segment.Path, out var bytes)) return;
            _ours.Remove(segment.Path);
            Interlocked.Add(ref _closedBytes, -bytes);
            if (segment.Records.Sum(r => (long)r.Bytes) < bytes) asideAs ??= ".torn";
            if (asideAs is null) File.Delete(segment.Path);
            else File.Move(segment.Path, segment.Path + asideAs, overwrite: true);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate) Close();
        _lock.Dispose();
    }

    private SpillSegment Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var records = SpillRecord.ReadAll(bytes, out var intact);
        if (intact < bytes.Length) _logger.SpillTorn(path, bytes.Length - intact);
        lock (_gate) return new(path, records, !_ours.Contains(path));
    }

    private void Rotate()
    {
        Close();
        // Named so that the order of names is that of time.
        var path = Path.Combine(_folder, $"{Guid.CreateVersion7():N}{Extension}");
        _active = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        _ours.Add(path);
    }

    private void Close()
    {
        if (_active is null) return;
        var path = _active.Name;
        _active.Dispose();
        _active = null;
        if (_activeBytes > 0) AddClosed(path, _activeBytes);
        else File.Delete(path);
        _activeBytes = 0;
    }

    /// <summary>A write that failed leaves nothing behind that could be taken for acknowledged.</summary>
    private void Forget()
    {
        try
        {
            _active!.SetLength(_activeBytes);
        }
        catch (IOException)
        {
            // Its checksum tells it apart, unless all of it was written: then it is replayed, once.
        }

        Close();
    }

    private void AddClosed(string path, long bytes)
    {
        _closed[path] = bytes;
        Interlocked.Add(ref _closedBytes, bytes);
    }

    private void TakeOver(string folder)
    {
        if (TryLock(folder) is not { } left) return;
        using var held = left.Lock;
        foreach (var file in Directory.GetFiles(folder, "*" + Extension)) File.Move(file, Path.Combine(_folder, Path.GetFileName(file)));
        DurableFolder.Flush(_folder);
    }

    private static Held? TryLock(string folder)
    {
        DurableFolder.Create(folder, isPrivate: true);
        try
        {
            return new(folder, new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private sealed record Held(string Folder, FileStream Lock);
}
