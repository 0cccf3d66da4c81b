using Adclicks.EventStore.Embedded;
using Adclicks.Support;

namespace Adclicks.EventStore.Tests.Embedded;

/// <summary>A write that failed does not put the log away: it is opened again, and has each event once.</summary>
public sealed class FailedWriteTests : IDisposable
{
    private const string Stream = "stream";
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("adclicks-log-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_log_whose_write_failed_goes_on_by_itself_and_a_retry_is_recorded_once(bool isStored)
    {
        await using var log = EmbeddedEventLog.Open(_directory.FullName);
        var (first, inDoubt, last) = (Event(), Event(), Event());
        var followed = FollowAsync(log, 3);
        await AppendAsync(log, first);
        log.AroundWrite = write =>
        {
            if (isStored) write();
            throw new IOException("The disk failed.");
        };
        var failure = await Assert.ThrowsAsync<EventLogUnavailableException>(() => AppendAsync(log, inDoubt));
        Assert.True(failure.OutcomeUnknown);
        log.AroundWrite = null;

        await UntilHealthyAsync(log);
        Assert.Equal(1, await AppendAsync(log, inDoubt));
        Assert.Equal(2, await AppendAsync(log, last));
        Assert.Equal([first.Id, inDoubt.Id, last.Id], await followed);
        Assert.Equal([first.Id, inDoubt.Id, last.Id], await ReadAsync(log));
    }

    [Fact]
    public async Task While_the_disk_fails_the_log_says_so_and_can_be_read()
    {
        await using var log = EmbeddedEventLog.Open(_directory.FullName);
        var first = Event();
        await AppendAsync(log, first);
        log.AroundWrite = _ => throw new IOException("The disk failed.");
        // Nothing can be written where it tries whether the disk takes anything.
        var obstacle = _directory.CreateSubdirectory("probe");
        Assert.True((await Assert.ThrowsAsync<EventLogUnavailableException>(() => AppendAsync(log, Event()))).OutcomeUnknown);
        log.AroundWrite = null;

        await Assert.ThrowsAsync<EventLogUnavailableException>(() => log.CheckHealthAsync(Token).AsTask());
        Assert.False((await Assert.ThrowsAsync<EventLogUnavailableException>(() => AppendAsync(log, Event()))).OutcomeUnknown);
        Assert.False((await Assert.ThrowsAsync<EventLogUnavailableException>(() => log.SetMetadataAsync(Stream, StreamMetadata.None, Token).AsTask())).OutcomeUnknown);
        Assert.Equal([first.Id], await ReadAsync(log));
        obstacle.Delete();
        await UntilHealthyAsync(log);
        Assert.Equal([first.Id], await ReadAsync(log));
    }

    [Fact]
    public async Task What_was_acknowledged_before_and_after_is_there_after_a_restart()
    {
        var (first, last) = (Event(), Event());
        await using (var log = EmbeddedEventLog.Open(_directory.FullName))
        {
            await AppendAsync(log, first);
            log.AroundWrite = _ => throw new IOException("The disk failed.");
            await Assert.ThrowsAsync<EventLogUnavailableException>(() => AppendAsync(log, Event()));
            log.AroundWrite = null;
            await UntilHealthyAsync(log);
            await AppendAsync(log, last);
            await log.SetMetadataAsync(Stream, new StreamMetadata(MaxCount: 10), Token);
        }

        await using var again = EmbeddedEventLog.Open(_directory.FullName);
        Assert.Equal([first.Id, last.Id], await ReadAsync(again));
        Assert.Equal(10, (await again.GetMetadataAsync(Stream, Token)).MaxCount);
    }

    [Fact]
    public async Task A_log_is_closed_while_it_is_being_opened_again()
    {
        var log = EmbeddedEventLog.Open(_directory.FullName);
        log.AroundWrite = _ => throw new IOException("The disk failed.");
        await Assert.ThrowsAsync<EventLogUnavailableException>(() => AppendAsync(log, Event()));
        await log.DisposeAsync();
        await using var again = EmbeddedEventLog.Open(_directory.FullName);
        Assert.Equal(0, await AppendAsync(again, Event()));
    }

    private static EventData Event() => new(Guid.NewGuid(), "test", default, default);

    private static async Task<long> AppendAsync(EmbeddedEventLog log, EventData e) =>
        (await Task.Run(async () => await log.AppendAsync(Stream, ExpectedRevision.Any, [e], Token))).Revision;

    private static async Task<List<Guid>> ReadAsync(EmbeddedEventLog log) =>
        await log.ReadAsync(Stream, ReadDirection.Forwards, 0, cancellationToken: Token).Select(e => e.Id).ToListAsync(Token);

    /// <summary>The ids of the first events of a subscription that was there before the failure.</summary>
    private static async Task<List<Guid>> FollowAsync(EmbeddedEventLog log, int count)
    {
        var found = new List<Guid>();
        await foreach (var message in log.SubscribeAsync(Stream, -1, Token))
        {
            if (message.Event is { } e) found.Add(e.Id);
            if (found.Count == count) break;
        }

        return found;
    }

    private static Task UntilHealthyAsync(EmbeddedEventLog log) => Eventually.TrueAsync(
        async () =>
        {
            try
            {
                await log.CheckHealthAsync(Token);
                return true;
            }
            catch (EventLogUnavailableException)
            {
                return false;
            }
        },
        "The log was not opened again.");
}
