using Adclicks.Domain.Reference;
using Adclicks.Domain.Streams;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Adclicks.EventStore.Reference;

/// <summary>
/// Follows the stream <c>reference</c> and keeps its history in memory: what ingest nodes and projectors look items up
/// in. The first start on a log records the settings that are fixed from then on; a later one compares them.
/// </summary>
public sealed class ReferenceFeed(
    IEventLog log,
    IOptions<ReferenceFeedOptions> options,
    TimeProvider time,
    ILogger<ReferenceFeed> logger,
    IHostApplicationLifetime? lifetime = null) : BackgroundService
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _applied;
    private LogSettings? _settings;

    /// <summary>The history, as far as it is applied. Safe to read from anywhere.</summary>
    public ReferenceHistory History { get; } = new();

    /// <summary>The last revision of <c>reference</c> applied here; −1 before the first.</summary>
    public long AppliedRevision => History.AppliedRevision;

    /// <summary>
    /// Completes when the reference data has been read to its end once and the log's settings are as configured; fails
    /// with <see cref="PartitionCountException"/> where they are not.
    /// </summary>
    public Task Ready => _ready.Task;

    /// <summary>Returns when a revision is applied; at once, without allocating, when it already is.</summary>
    /// <exception cref="PartitionCountException">The feed stopped because of the log's settings.</exception>
    public ValueTask WaitForAsync(long revision, CancellationToken cancellationToken = default) =>
        AppliedRevision >= revision ? ValueTask.CompletedTask : new ValueTask(WaitAsync(revision, cancellationToken));

    /// <summary>Waits, up to the start time-out, until <see cref="Ready"/>.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken);
        try
        {
            var timeout = TimeSpan.FromMilliseconds(options.Value.ReferenceStartTimeoutMs);
            await Ready.WaitAsync(timeout, time, cancellationToken);
        }
        catch (OperationCanceledException) when (Ready.IsFaulted)
        {
            // Failing stops the application, and that cancels the start: what is to be told is why.
            await Ready;
        }
        catch (TimeoutException)
        {
            logger.StartedWithoutReference(options.Value.ReferenceStartTimeoutMs);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(stoppingToken);
            }
            catch (EventLogUnavailableException e)
            {
                logger.ReferenceUnavailable(AppliedRevision, e.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(options.Value.ReferenceRetryMs), time, stoppingToken);
            }
            catch (PartitionCountException e)
            {
                Fail(e);
                return;
            }
        }
    }

    /// <summary>
    /// A log need not say anew that the end is reached once the reader is live: ready is who was there once and knows the
    /// settings.
    /// </summary>
    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        var wasAtEnd = false;
        await foreach (var message in log.SubscribeAsync(StreamNames.Reference, AppliedRevision, cancellationToken))
        {
            wasAtEnd |= message.IsCaughtUp;
            if (message.Event is { } recorded) Apply(recorded);
            if (!wasAtEnd) continue;
            if (_settings is null) await CreateAsync(cancellationToken);
            else _ready.TrySetResult();
        }
    }

    /// <summary>
    /// Whoever appends first creates the log; either way the event comes back through the subscription. Where another
    /// event came first, that one does, and it is tried again.
    /// </summary>
    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        var settings = new LogSettings(options.Value.Partitions);
        var created = new EventData(Guid.CreateVersion7(time.GetUtcNow()), ReferenceEvents.LogCreated, ReferenceEvents.ToJson(settings), default, IsJson: true);
        var result = await log.AppendAsync(StreamNames.Reference, ExpectedRevision.After(AppliedRevision), [created], cancellationToken);
        if (result.Succeeded) logger.LogCreated(settings.Partitions);
        else if (result.Outcome != AppendOutcome.WrongExpectedRevision)
            throw new EventLogUnavailableException($"The log's settings could not be recorded: {result.Outcome}.");
    }

    private void Apply(RecordedEvent recorded)
    {
        ReferenceChange? change = null;
        try
        {
            if (recorded.Type == ReferenceEvents.LogCreated) Compare(ReferenceEvents.ReadLogSettings(recorded.Data.Span));
            else if (recorded.Type != ReferenceEvents.LogSharded && (change = ReferenceEvents.Read(recorded.Type, recorded.Data.Span)) is null)
                Skip(recorded, "its type is unknown");
        }
        catch (FormatException e)
        {
            Skip(recorded, e.Message);
        }

        History.Apply(recorded.Revision, change);
        ReferenceMetrics.Revision.Record(recorded.Revision);
        Signal();
    }

    private void Compare(LogSettings settings)
    {
        _settings ??= settings;
        if (_settings.Partitions != options.Value.Partitions)
            throw new PartitionCountException(_settings.Partitions, options.Value.Partitions);
    }

    private void Skip(RecordedEvent recorded, string reason)
    {
        ReferenceMetrics.Skipped.Add(1);
        logger.ReferenceSkipped(recorded.Revision, recorded.Type, reason);
    }

    private async Task WaitAsync(long revision, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (_gate) next = (_applied ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            if (AppliedRevision >= revision) return;
            await next.WaitAsync(cancellationToken);
        }
    }

    private void Signal()
    {
        TaskCompletionSource? waiters;
        lock (_gate) (waiters, _applied) = (_applied, null);
        waiters?.TrySetResult();
    }

    private void Fail(PartitionCountException reason)
    {
        logger.WrongPartitions(reason);
        lock (_gate) (_applied ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetException(reason);
        _ready.TrySetException(reason);
        lifetime?.StopApplication();
    }
}
