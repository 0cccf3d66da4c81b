using Adclicks.EventStore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Adclicks.Ingestion.Writing.Spill;

/// <summary>
/// Whether the log is down, what is kept meanwhile, and the way back: while it is down, whoever can wait is refused at
/// once, and what cannot is written to disk here. Begins as down, until the log was read.
/// </summary>
internal sealed class LogOutage(IEventLog log, LogState state, SpillStore store, IOptions<SpillOptions> options, TimeProvider time, ILogger<LogOutage> logger) : IDisposable
{
    // A log may know of its recovery only by the next append, and where nothing is kept only a new click makes one.
    private const int ChecksBeforeTrial = 10;
    private readonly SpillReplay _replay = new(log, store, logger);
    private readonly SemaphoreSlim _wake = new(1, 1);
    private volatile bool _isDown = true;
    private volatile Task _inFlight = Task.CompletedTask;

    /// <summary>Whether there is no point in asking the log now.</summary>
    public bool IsDown => _isDown;

    public long WaitingBytes => store.Bytes;

    /// <summary>Appends, and blocks until the log answers; who does not wait for that any more says so by <see cref="GiveUp"/>.</summary>
    /// <exception cref="EventLogUnavailableException">It is down; from now on <see cref="IsDown"/> says so.</exception>
    public IReadOnlyList<AppendResult> Append(IReadOnlyList<StreamAppend> appends, CancellationToken cancellationToken)
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _inFlight = over.Task;
        try
        {
            var append = log.AppendAsync(appends, cancellationToken);
            return append.IsCompletedSuccessfully ? append.Result : append.AsTask().GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            NoteDown(e.Message);
            if (e is EventLogUnavailableException) throw;
            throw new EventLogUnavailableException("The append failed.", e, outcomeUnknown: true);
        }
        finally
        {
            over.SetResult();
        }
    }

    /// <summary>Notes that an append is not waited for any more: the log is down until it is over. What to say to those who wait.</summary>
    public EventLogUnavailableException GiveUp()
    {
        var failure = new EventLogUnavailableException("The log does not answer.", outcomeUnknown: true);
        NoteDown(failure.Message);
        return failure;
    }

    /// <summary>Keeps events until the log is back; false where they cannot be.</summary>
    public bool TryKeep(IReadOnlyList<StreamAppend> appends, bool inDoubt)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        try
        {
            if (!store.TryAppend([.. appends.SelectMany(a => a.Events, (a, e) => new SpillRecord(a.Stream, e, now, inDoubt))])) return false;
            Wake();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.SpillFailed(e.Message);
            return false;
        }
    }

    /// <summary>The records that an earlier run of the process left.</summary>
    public IEnumerable<SpillRecord> Leftovers() => store.Leftovers().SelectMany(s => s.Records);

    /// <summary>Waits for outages and ends them, until cancelled.</summary>
    /// <param name="prepare">Reads what is needed of the log before it counts as up for the first time.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RecoverAsync(Func<CancellationToken, Task> prepare, CancellationToken cancellationToken)
    {
        var isPrepared = false;
        state.DownBecause = "It is being read.";
        var failed = 0;
        while (true)
        {
            await _wake.WaitAsync(cancellationToken);
            while (_isDown || store.Bytes > 0)
            {
                try
                {
                    await _inFlight.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    // There was no room: so that not each flush becomes a file, and the log has a moment.
                    if (!_isDown && !store.HasClosed) await Task.Delay(TimeSpan.FromMilliseconds(options.Value.RetryMs), time, cancellationToken);
                    if (!isPrepared) await prepare(cancellationToken);
                    isPrepared = true;
                    if (!await _replay.ReplayOldestAsync(cancellationToken)) await log.CheckHealthAsync(cancellationToken);
                    NoteUp();
                    failed = 0;
                }
                catch (Exception e) when (!cancellationToken.IsCancellationRequested)
                {
                    logger.LogStillDown(e.Message);
                    await Task.Delay(TimeSpan.FromMilliseconds(options.Value.RetryMs), time, cancellationToken);
                    if (isPrepared && store.Bytes == 0 && ++failed % ChecksBeforeTrial == 0) NoteUp();
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _wake.Dispose();

    private void NoteDown(string reason)
    {
        if (!_isDown) logger.LogWentDown(reason);
        _isDown = true;
        state.DownBecause = reason;
        Wake();
    }

    private void NoteUp()
    {
        if (_isDown) logger.LogIsUp();
        _isDown = false;
        state.DownBecause = null;
    }

    private void Wake()
    {
        if (_wake.CurrentCount > 0) return;
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Woken by another: enough.
        }
    }
}
