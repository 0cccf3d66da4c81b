using Adclicks.Projections.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Adclicks.ReadApi.Live;

/// <summary>
/// Hears from PostgreSQL when clicks have been counted, over one connection for the whole process, and wakes those who
/// wait for it. Nothing is queued: whoever comes late finds a greater number of commits, and that is all there is to know.
/// </summary>
public sealed class CommitFeed(IConfiguration configuration, TimeProvider time, ILogger<CommitFeed> logger) : BackgroundService
{
    private const int KeepAliveSeconds = 15;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
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
        connection.Notification += (_, _) => Heard();
        await connection.OpenAsync(cancellationToken);
        await using (var listen = new NpgsqlCommand($"LISTEN {CommitNotice.Channel}", connection)) await listen.ExecuteNonQueryAsync(cancellationToken);
        IsListening = true;
        Heard();
        while (true) await connection.WaitAsync(cancellationToken);
    }

    private void Heard()
    {
        Interlocked.Increment(ref _commits);
        Interlocked.Exchange(ref _next, New()).SetResult();
    }

    /// <summary>Those who waited go on on threads of their own, not on the connection's.</summary>
    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
