using System.Collections.Concurrent;
using System.Globalization;
using Adclicks.EventStore;
using Adclicks.EventStore.Embedded;
using Adclicks.Projections.Archive.Stores;

namespace Adclicks.Projections.Archive;

/// <summary>
/// An archive as a log on this machine, made when it is first read: the clicks of an hour lie in one file, and a replay wants them by
/// partition. It takes the room of the log; it goes with the process, and what a killed one left goes with the next.
/// </summary>
public sealed class ArchiveCopy : IAsyncDisposable
{
    private const string Prefix = "archive-copy-";
    private static readonly ConcurrentDictionary<string, bool> OfThisProcess = new(StringComparer.Ordinal);
    private static int _number;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly string _place, _folder;
    private readonly ArchiveOptions _options;
    private EmbeddedEventLog? _log;
    private bool _isRemoved;
    private int _groups;

    /// <summary>Of an archive, in a folder where there is room.</summary>
    public ArchiveCopy(string place, ArchiveOptions options, string parent)
    {
        (_place, _options) = (place, options);
        _folder = Path.Combine(Path.GetFullPath(parent), string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _number)}"));
        OfThisProcess[_folder] = true;
        foreach (var left in Directory.Exists(parent) ? Directory.GetDirectories(Path.GetFullPath(parent), Prefix + "*") : []) RemoveUnlessOfRunning(left);
    }

    /// <summary>The log; null once it is removed.</summary>
    /// <exception cref="InvalidDataException">A file is missing or changed.</exception>
    public async Task<IEventLog?> OpenAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return _isRemoved ? null : _log ??= await MakeAsync(cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Whether more was archived since it was made.</summary>
    public async Task<bool> IsBehindAsync(CancellationToken cancellationToken)
    {
        using var store = ArchiveStores.Open(_place, _options.S3);
        return await GroupsAsync(store, cancellationToken) > _groups;
    }

    /// <summary>Removes it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        _isRemoved = true;
        _gate.Release();
        if (_log is { } log) await log.DisposeAsync();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
        OfThisProcess.TryRemove(_folder, out _);
    }

    private async Task<EmbeddedEventLog> MakeAsync(CancellationToken cancellationToken)
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
        using var store = ArchiveStores.Open(_place, _options.S3);
        _groups = await GroupsAsync(store, cancellationToken);
        using var writer = EmbeddedLogWriter.Create(Path.Combine(_folder, "log"));
        await foreach (var recorded in new ArchiveReader(store, _options.ClicksAtOnce).ReadAsync(cancellationToken)) writer.Add(recorded);
        writer.Complete();
        return EmbeddedEventLog.OpenReadOnly(Path.Combine(_folder, "log"));
    }

    private static async Task<int> GroupsAsync(IArchiveStore store, CancellationToken cancellationToken) => (await ArchiveManifest.ReadAsync(store, cancellationToken)).Count(l => !l.IsClicks);

    private static void RemoveUnlessOfRunning(string folder)
    {
        if (OfThisProcess.ContainsKey(folder)) return;
        var number = Path.GetFileName(folder)[Prefix.Length..].Split('-')[0];
        // In a container, the process before had the same number.
        if (int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var process) && process != Environment.ProcessId && Directory.Exists($"/proc/{process}")) return;
        Directory.Delete(folder, recursive: true);
    }
}
