using Adclicks.EventStore.Embedded;
using Adclicks.Support;

namespace Adclicks.EventStore.Tests.Embedded;

/// <summary>A disk that does not finish a write keeps nobody waiting for long, and everybody is told the truth about what becomes of his append.</summary>
public sealed class StalledDiskTests : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("adclicks-log-");
    private readonly ManualResetEventSlim _goesOn = new();
    private readonly EmbeddedEventLog _log;

    public StalledDiskTests() => _log = EmbeddedEventLog.Open(_directory.FullName, new EmbeddedLogOptions { AppendTimeoutMs = 200 });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _goesOn.Set();
        await _log.DisposeAsync();
        _goesOn.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task An_append_in_the_hands_of_the_disk_is_of_unknown_outcome_and_one_that_waits_behind_it_is_not_written()
    {
        var stalled = Stall();
        var begun = AppendAsync("begun");
        await stalled;
        var behind = AppendAsync("behind");

        Assert.True((await Assert.ThrowsAsync<EventLogUnavailableException>(() => begun)).OutcomeUnknown);
        Assert.False((await Assert.ThrowsAsync<EventLogUnavailableException>(() => behind)).OutcomeUnknown);
        await Assert.ThrowsAsync<EventLogUnavailableException>(() => _log.CheckHealthAsync(Token).AsTask());
        Assert.False((await Assert.ThrowsAsync<EventLogUnavailableException>(() => AppendAsync("at once"))).OutcomeUnknown);
        Assert.False((await Assert.ThrowsAsync<EventLogUnavailableException>(() => _log.SetMetadataAsync("at once", new StreamMetadata(MaxCount: 1), Token).AsTask())).OutcomeUnknown);
        _goesOn.Set();

        await Eventually.TrueAsync(async () => await _log.GetLastRevisionAsync("begun", Token) == 0, "What was begun was not written.");
        Assert.Equal(0, (await AppendAsync("after")).Revision);
        Assert.Equal(-1, await _log.GetLastRevisionAsync("behind", Token));
        Assert.Equal(-1, await _log.GetLastRevisionAsync("at once", Token));
        await _log.CheckHealthAsync(Token);
    }

    /// <summary>From now on a write takes until the disk goes on; completes when the first has begun.</summary>
    private Task Stall()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _log.AroundWrite = write =>
        {
            begun.TrySetResult();
            _goesOn.Wait();
            write();
        };
        return begun.Task;
    }

    /// <summary>As whoever answers requests does: on a thread of the pool.</summary>
    private Task<AppendResult> AppendAsync(string stream) =>
        Task.Run(async () => await _log.AppendAsync(stream, ExpectedRevision.Any, [new EventData(Guid.NewGuid(), "test", default, default)], Token));
}
