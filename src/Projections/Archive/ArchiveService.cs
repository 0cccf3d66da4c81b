using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.EventStore.Reference;
using Adclicks.Projections.Archive.Stores;
using Adclicks.Projections.Diagnostics;
using Adclicks.Projections.Engine;
using Adclicks.Projections.Leases;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Adclicks.Projections.Archive;

/// <summary>
/// Archives hours as they are closed, where <c>Archive:To</c> says so. The process that does stays where it ended in the log; that nothing
/// is named twice is seen to by the manifest.
/// </summary>
internal sealed class ArchiveService(
    IEventLog log, WholeLog whole, LogTrimmer trimmer, ReferenceFeed reference, LogPartitions partitions, LockConnections locks, ProjectionThreads threads, IOptions<ArchiveOptions> options, TimeProvider time, ILogger<ArchiveService> logger)
    : LockedService("archive", locks, TimeSpan.FromMilliseconds(options.Value.PollMs), threads, time)
{
    /// <summary>Without a new close, events come of age.</summary>
    private static readonly TimeSpan TrimEvery = TimeSpan.FromHours(1);

    private IArchiveStore? _store;
    private Archiver? _archiver;
    private long? _trimmed;

    /// <inheritdoc/>
    protected override bool IsWanted => options.Value.To is { Length: > 0 };

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!IsWanted) return;
        using var store = ArchiveStores.Open(options.Value.To!, options.Value.S3);
        _store = store;
        _archiver = new Archiver(whole, partitions.Count, reference.History, store, options.Value);
        await base.ExecuteAsync(stoppingToken);
    }

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        var (entries, clicks, bytes) = (0, 0L, 0L);
        // Of this process: clicks are judged by it.
        await reference.WaitForAsync(await log.GetLastRevisionAsync(StreamNames.Reference, cancellationToken), cancellationToken);
        await _archiver!.RunAsync(
            line =>
            {
                if (line.IsClicks) (entries, clicks) = (entries + 1, clicks + line.Rows);
                bytes += line.Bytes;
            },
            cancellationToken);
        if (entries > 0)
        {
            ProjectionMetrics.ArchivedHours.Add(entries);
            logger.Archived(entries, clicks, bytes);
        }

        await TrimAsync(isNew: entries > 0, cancellationToken);
    }

    /// <inheritdoc/>
    protected override void Failed(Exception reason) => logger.ArchiveFailed(reason, options.Value.To!, options.Value.PollMs);

    /// <inheritdoc/>
    protected override void Ended()
    {
        _archiver?.Forget();
        _trimmed = null;
    }

    /// <summary>What goes wrong with it is no reason for the archiver to begin anew.</summary>
    private async Task TrimAsync(bool isNew, CancellationToken cancellationToken)
    {
        if (options.Value.KeepLogDays is not { } days || (!isNew && _trimmed is { } last && Time.GetElapsedTime(last) < TrimEvery)) return;
        try
        {
            _trimmed = (await trimmer.TrimAsync(_archiver!.Groups(), _store!, days, cancellationToken)).IsDone ? Time.GetTimestamp() : null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _trimmed = null;
            logger.TrimFailed(e, options.Value.PollMs);
        }
    }
}
