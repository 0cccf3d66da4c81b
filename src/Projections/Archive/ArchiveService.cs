using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.EventStore.Reference;
using Adclicks.Projections.Archive.Stores;
using Adclicks.Projections.Diagnostics;
using Adclicks.Projections.Leases;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Adclicks.Projections.Archive;

/// <summary>
/// Archives hours as they are closed, where <c>Archive:To</c> says so. The process that does stays where it ended in the log; that nothing
/// is named twice is seen to by the manifest.
/// </summary>
internal sealed class ArchiveService(
    IEventLog log, WholeLog whole, ReferenceFeed reference, LogPartitions partitions, LockConnections locks, IOptions<ArchiveOptions> options, TimeProvider time, ILogger<ArchiveService> logger)
    : LockedService("archive", locks, TimeSpan.FromMilliseconds(options.Value.PollMs), time)
{
    private Archiver? _archiver;

    /// <inheritdoc/>
    protected override bool IsWanted => options.Value.To is { Length: > 0 };

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!IsWanted) return;
        using var store = ArchiveStores.Open(options.Value.To!, options.Value.S3);
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
        if (entries == 0) return;
        ProjectionMetrics.ArchivedHours.Add(entries);
        logger.Archived(entries, clicks, bytes);
    }

    /// <inheritdoc/>
    protected override void Failed(Exception reason) => logger.ArchiveFailed(reason, options.Value.To!, options.Value.PollMs);

    /// <inheritdoc/>
    protected override void Ended() => _archiver?.Forget();
}
