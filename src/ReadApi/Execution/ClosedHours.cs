using Adclicks.Domain.Billing;
using Adclicks.EventStore;
using Adclicks.Projections.Billing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Adclicks.ReadApi.Execution;

/// <summary>
/// When hours were closed for billing, as the ledger says. It is followed in the background, so that no answer waits for
/// the log, and is a few seconds behind at most.
/// </summary>
public sealed class ClosedHours(IEventLog log, TimeProvider time, ILogger<ClosedHours> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);
    private readonly Lock _lock = new();

    /// <summary>In the order of their hours: an entry closes what comes after the one before.</summary>
    private readonly List<(int Through, DateTimeOffset At)> _closes = [];

    /// <summary>When the last hour before an instant was closed; null while it is open.</summary>
    public DateTimeOffset? FinalAt(DateTime end)
    {
        var hour = BillingHour.Of(new DateTimeOffset(end.AddTicks(-1)));
        lock (_lock)
        {
            var (low, high) = (0, _closes.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (_closes[middle].Through < hour) low = middle + 1;
                else high = middle;
            }

            return low < _closes.Count ? _closes[low].At : null;
        }
    }

    /// <summary>The end of the last hour that is closed; null before the first.</summary>
    public DateTimeOffset? ClosedThrough
    {
        get
        {
            lock (_lock) return _closes.Count > 0 ? BillingHour.Start(_closes[^1].Through + 1) : null;
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var ledger = new LedgerStore(log);
        using var timer = new PeriodicTimer(LookEvery, time);
        var next = 0L;
        do
        {
            try
            {
                await foreach (var (revision, entry) in ledger.ReadAsync(next, stoppingToken))
                {
                    lock (_lock) _closes.Add((entry.ClosedThrough, DateTimeOffset.FromUnixTimeMilliseconds(entry.ClosedAtMs)));
                    next = revision + 1;
                }
            }
            catch (Exception e) when (e is EventLogUnavailableException or InvalidDataException)
            {
                Log.LedgerNotRead(logger, e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
