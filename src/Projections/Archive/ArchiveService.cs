using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.EventStore.Reference;
using Adclicks.Projections.Archive.Stores;
using Adclicks.Projections.Diagnostics;
using Medallion.Threading.Postgres;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Adclicks.Projections.Archive;

/// <summary>
/// Archives hours as they are closed, where <c>Archive:To</c> says so. Of several processes the one with the lock does, and stays where it
/// ended in the log; that nothing is named twice is seen to by the manifest.
/// </summary>
internal sealed class ArchiveService(
    IEventLog log, ReferenceFeed reference, LogPartitions partitions, NpgsqlDataSource dataSource, IOptions<ArchiveOptions> options, TimeProvider time, ILogger<ArchiveService> logger)
    : BackgroundService
{
    private readonly PostgresDistributedLock _lock = new(new PostgresAdvisoryLockKey("adclicks.archive", allowHashing: true), dataSource);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.To is not { Length: > 0 } to) return;
        using var store = ArchiveStores.Open(to, options.Value.S3);
        var archiver = new Archiver(log, partitions.Count, reference.History, store, options.Value);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var held = await _lock.TryAcquireAsync(TimeSpan.Zero, stoppingToken);
                if (held is not null) await ArchiveWhileHeldAsync(archiver, held.HandleLostToken, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
            }
            catch (Exception e)
            {
                logger.ArchiveFailed(e, to, options.Value.PollMs);
            }

            archiver.Forget();
            await WaitAsync(stoppingToken);
        }
    }

    private async Task ArchiveWhileHeldAsync(Archiver archiver, CancellationToken lost, CancellationToken stoppingToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(lost, stoppingToken);
        while (!stop.IsCancellationRequested)
        {
            var (entries, clicks, bytes) = (0, 0L, 0L);
            // Of this process: clicks are judged by it.
            await reference.WaitForAsync(await log.GetLastRevisionAsync(StreamNames.Reference, stop.Token), stop.Token);
            await archiver.RunAsync(
                line =>
                {
                    if (line.IsClicks) (entries, clicks) = (entries + 1, clicks + line.Rows);
                    bytes += line.Bytes;
                },
                stop.Token);
            if (entries > 0)
            {
                ProjectionMetrics.ArchivedHours.Add(entries);
                logger.Archived(entries, clicks, bytes);
            }

            await WaitAsync(stop.Token);
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken) =>
        await Task.Delay(TimeSpan.FromMilliseconds(options.Value.PollMs), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
