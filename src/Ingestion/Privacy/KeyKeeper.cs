using Adclicks.Ingestion.Privacy.Keys;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Adclicks.Ingestion.Privacy;

/// <summary>
/// Sees to it that the key of the day is at hand before the day is, that keys changed by others are let go of, and that each day's key is
/// destroyed when its time is over. Every ingest node does; who comes second finds nothing to do.
/// </summary>
internal sealed class KeyKeeper(IKeyStore keys, IOptions<PrivacyOptions> options, TimeProvider time, ILogger<KeyKeeper> logger) : BackgroundService
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
                ShredExpired();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                logger.KeysNotKept(e.Message);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(options.Value.RefreshMs), time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void ShredExpired()
    {
        if (options.Value.ShredAfterDays == 0) return;
        foreach (var day in keys.Days().TakeWhile(day => day + options.Value.ShredAfterDays < Today))
        {
            if (keys.Shred(day)) logger.DayShredded(PrivacyDay.Text(day), options.Value.ShredAfterDays);
        }
    }
}
