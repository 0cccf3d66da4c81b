using System.Text.Json;
using System.Threading.Channels;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Ingestion.Commands;
using Adclicks.Ingestion.Diagnostics;
using Adclicks.Ingestion.Validation;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Adclicks.Ingestion.Rejections;

/// <summary>
/// Keeps what was refused on <c>rejected-clicks</c>: why, from where, and which ad it named; no personal data. At a
/// bounded rate and never in the way of an answer, so that a flood of garbage fills neither the log nor memory; what is
/// dropped is counted.
/// </summary>
internal sealed class RejectionLog(IEventLog log, IOptions<IngestionOptions> options, TimeProvider time, ILogger<RejectionLog> logger) : BackgroundService
{
    private const string EventType = "click-rejected";
    private const int QueueLength = 1_000;
    private const int AppendLength = 100;
    private readonly Channel<(ClickReason Reason, EventData Event)> _queue = Channel.CreateBounded<(ClickReason, EventData)>(QueueLength);
    private readonly Lock _gate = new();
    private long _second;
    private int _inSecond;

    /// <summary>A click that was not within its limits.</summary>
    public void Add(RequestFacts facts, RawClick click, IReadOnlyList<FieldError> errors) =>
        Add(ClickReason.Invalid, facts, errors, ClickLimits.Shown(click.AdId), ClickLimits.Shown(click.CampaignId));

    /// <summary>A request that was refused.</summary>
    public void Add(ClickReason reason, RequestFacts facts, IReadOnlyList<FieldError> errors, string adId = "", string campaignId = "")
    {
        IngestionMetrics.Refused(reason);
        var now = time.GetUtcNow();
        if (!IsWithinRate(now.ToUnixTimeSeconds()))
        {
            IngestionMetrics.RejectionDropped(reason);
            return;
        }

        var rejection = new Rejection(
            ClickReasons.NameOf(reason), facts.Source.ToString().ToLowerInvariant(), now, facts.CorrelationId, adId, campaignId, [.. errors.Select(Redacted)]);
        var data = JsonSerializer.SerializeToUtf8Bytes(rejection, RejectionJson.Default.Rejection);
        if (!_queue.Writer.TryWrite((reason, new EventData(Guid.CreateVersion7(now), EventType, data, default, IsJson: true)))) IngestionMetrics.RejectionDropped(reason);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var waiting = new List<(ClickReason Reason, EventData Event)>();
        while (await _queue.Reader.WaitToReadAsync(stoppingToken))
        {
            while (waiting.Count < AppendLength && _queue.Reader.TryRead(out var next)) waiting.Add(next);
            try
            {
                await log.AppendAsync(StreamNames.RejectedClicks, ExpectedRevision.Any, [.. waiting.Select(w => w.Event)], stoppingToken);
            }
            catch (EventLogUnavailableException e)
            {
                foreach (var (reason, _) in waiting) IngestionMetrics.RejectionDropped(reason);
                logger.RejectionsLost(e.Message);
            }

            waiting.Clear();
        }
    }

    private bool IsWithinRate(long second)
    {
        lock (_gate)
        {
            if (_second != second) (_second, _inSecond) = (second, 0);
            return ++_inSecond <= options.Value.MaxRejectionsPerSecond;
        }
    }

    private static FieldError Redacted(FieldError error) => error.IsSendersName ? error with { Field = "additional_params" } : error;
}
