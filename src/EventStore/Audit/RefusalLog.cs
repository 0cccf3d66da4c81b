using System.Threading.Channels;
using Adclicks.Domain.Audit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Adclicks.EventStore.Audit;

/// <summary>
/// Records refused callers: at a bounded rate and never in the way of an answer, so that guessing keys fills neither the
/// log nor memory. Unknown callers and known ones have a budget each, so that the former cannot hide the latter.
/// </summary>
public sealed class RefusalLog(AuditLog audit, IOptions<AuditOptions> options, TimeProvider time, ILogger<RefusalLog> logger) : BackgroundService
{
    private const int QueueLength = 1_000;
    private readonly Channel<AuditEntry> _queue = Channel.CreateBounded<AuditEntry>(QueueLength);
    private readonly Lock _gate = new();
    private Budget _unknown, _known;

    /// <summary>Takes an entry in, or counts it.</summary>
    public void Add(AuditEntry entry)
    {
        var minute = time.GetUtcNow().ToUnixTimeSeconds() / 60;
        lock (_gate)
        {
            ref var budget = ref entry.Action == AuditAction.LoginRefused ? ref _unknown : ref _known;
            if (budget.Take(minute, options.Value.MaxRefusalsPerMinute) && _queue.Writer.TryWrite(entry with { Unrecorded = budget.Missed }))
            {
                budget.Missed = 0;
                return;
            }

            budget.Missed++;
        }

        AuditMetrics.Lost.Add(1, new KeyValuePair<string, object?>("reason", "rate"));
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var entry in _queue.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await audit.RecordAsync(entry, stoppingToken);
            }
            catch (EventLogUnavailableException e)
            {
                AuditMetrics.Lost.Add(1, new KeyValuePair<string, object?>("reason", "unavailable"));
                logger.RefusalsLost(1, e.Message);
            }
        }
    }

    private struct Budget
    {
        private long _minute;
        private int _taken;

        public long Missed;

        public bool Take(long minute, int most)
        {
            if (_minute != minute) (_minute, _taken) = (minute, 0);
            return ++_taken <= most;
        }
    }
}
