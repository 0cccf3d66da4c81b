using Adclicks.Projections.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Adclicks.ReadApi.Live;

/// <summary>
/// Hears from PostgreSQL when clicks have been counted, and of which time they are, over one connection for the whole
/// process, and wakes those who wait for it. Nothing is queued: whoever comes late finds a greater number of commits.
/// </summary>
public sealed class CommitFeed(IConfiguration configuration, TimeProvider time, ILogger<CommitFeed> logger) : BackgroundService
{
    private const int KeepAliveSeconds = 15, Remembered = 4_096;

    /// <summary>What may have come while nobody listened: clicks of any time, in any generation.</summary>
    private static readonly CommitNotice Anything = new(0, int.MinValue, int.MaxValue);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private readonly CommitNotice[] _last = new CommitNotice[Remembered];
    private readonly Lock _lock = new();
    private TaskCompletionSource _next = New();
    private long _commits;

    /// <summary>How many commits have been heard of. After a break one is assumed.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <summary>Whether commits are heard of at once; else there is a break.</summary>
    public bool IsListening { get; private set; }

    /// <summary>Ends as soon as there are more commits than <paramref name="seen"/>.</summary>
    public Task WaitAsync(long seen)
    {
        // In this order: a commit after the first line ends the task, one before is seen by the second.
        var next = Volatile.Read(ref _next);
        return Commits > seen ? Task.CompletedTask : next.Task;
    }

    /// <summary>The number of the last commit, of those remembered, with clicks of a range in it; 0 for none.</summary>
    public long LastOf(int generation, DateTime from, DateTime to)
    {
        var (first, end) = (from.Ticks - DateTime.UnixEpoch.Ticks, to.Ticks - DateTime.UnixEpoch.Ticks);
        lock (_lock)
        {
            for (var number = _commits; number > Math.Max(0, _commits - Remembered); number--)
            {
                var notice = _last[number % Remembered];
                if ((notice.Generation == generation || notice == Anything)
                    && notice.FirstMinute * TimeSpan.TicksPerMinute < end && notice.LastMinute * TimeSpan.TicksPerMinute >= first) return number;
            }
        }

        return 0;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (NpgsqlException e)
            {
                Log.NotListening(logger, e.Message);
            }

            IsListening = false;
            await Task.Delay(RetryAfter, time, stoppingToken);
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(configuration["Postgres:ConnectionString"])
        {
            ApplicationName = "adclicks-commits", Pooling = false, KeepAlive = KeepAliveSeconds,
        };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        connection.Notification += (_, heard) => Heard(CommitNotice.TryParse(heard.Payload, out var notice) ? notice : Anything);
        await connection.OpenAsync(cancellationToken);
        await using (var listen = new NpgsqlCommand($"LISTEN {CommitNotice.Channel}", connection)) await listen.ExecuteNonQueryAsync(cancellationToken);
        IsListening = true;
        Heard(Anything);
        while (true) await connection.WaitAsync(cancellationToken);
    }

    private void Heard(CommitNotice notice)
    {
        lock (_lock)
        {
            _last[(_commits + 1) % Remembered] = notice;
            Interlocked.Increment(ref _commits);
        }

        Interlocked.Exchange(ref _next, New()).SetResult();
    }

    /// <summary>Those who waited go on on threads of their own, not on the connection's.</summary>
    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
