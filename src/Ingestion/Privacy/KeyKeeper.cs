using Adclicks.Domain.Audit;
using Adclicks.EventStore;
using Adclicks.EventStore.Audit;
using Adclicks.Ingestion.Privacy.Keys;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Adclicks.Ingestion.Privacy;

/// <summary>
/// Sees to it that the key of the day is at hand before the day is, that keys changed by others are let go of, and that each day's key is
/// destroyed when its time is over. Every ingest node does; who comes second finds nothing to do.
/// </summary>
internal sealed class KeyKeeper(IKeyStore keys, AuditLog audit, IOptions<PrivacyOptions> options, TimeProvider time, ILogger<KeyKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Ahead = TimeSpan.FromHours(1);

    private uint Today => PrivacyDay.Of(time.GetUtcNow());

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        keys.Repair();
        keys.Prepare(Today);
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                keys.Refresh(Today);
                keys.Prepare(Today);
                keys.Prepare(PrivacyDay.Of(time.GetUtcNow() + Ahead));
                await ShredExpiredAsync(stoppingToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or EventLogUnavailableException)
            {
                logger.KeysNotKept(e.Message);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(options.Value.RefreshMs), time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ShredExpiredAsync(CancellationToken cancellationToken)
    {
        if (options.Value.ShredAfterDays == 0) return;
        foreach (var day in keys.Days().TakeWhile(day => day + options.Value.ShredAfterDays < Today))
        {
            var name = PrivacyDay.Text(day);
            var entry = new AuditEntry(AuditAction.DayShredded, $"day {name}", AuditActor.Schedule, AuditOutcome.Started, "", $"after {options.Value.ShredAfterDays} days");
            if (await audit.RunAsync(entry, _ => Task.FromResult(Repeat(keys.Shred(day))), cancellationToken)) logger.DayShredded(name, options.Value.ShredAfterDays);
        }

        static (bool, bool) Repeat(bool isDone) => (isDone, isDone);
    }
}
