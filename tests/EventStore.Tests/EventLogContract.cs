using System.Text;

namespace Adclicks.EventStore.Tests;

/// <summary>What every log must do, whatever it stands on. Streams have names of their own, so one server serves all.</summary>
public abstract class EventLogContract
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected string Stream { get; } = "contract-" + Guid.NewGuid().ToString("N");

    /// <summary>A log to use and dispose of; skips the test where there is none.</summary>
    protected abstract Task<IEventLog> OpenAsync();

    protected static EventData Event(string data = "data", string metadata = """{"a":1}""") =>
        new(Guid.CreateVersion7(), "tested", Encoding.UTF8.GetBytes(data), Encoding.UTF8.GetBytes(metadata));

    protected static async Task<List<RecordedEvent>> ReadAsync(
        IEventLog log, string stream, ReadDirection direction = ReadDirection.Forwards, long from = StreamPosition.Start, long maxCount = long.MaxValue)
    {
        var events = new List<RecordedEvent>();
        await foreach (var e in log.ReadAsync(stream, direction, from, maxCount, Cancellation))
            events.Add(e);
        return events;
    }

    [Fact]
    public async Task What_is_appended_is_read_as_it_was()
    {
        await using var log = await OpenAsync();
        EventData[] appended = [Event("öne", "{}"), Event("", ""), new(Guid.NewGuid(), "other-type", new byte[300_000], default), Event("{}") with { IsJson = true }];
        var before = TimeProvider.System.GetUtcNow().AddSeconds(-5);
        Assert.Equal(new(AppendOutcome.Appended, 3), await log.AppendAsync(Stream, ExpectedRevision.NoStream, appended, Cancellation));
        var read = await ReadAsync(log, Stream);
        Assert.Equal([0L, 1, 2, 3], read.Select(e => e.Revision));
        foreach (var (data, e) in appended.Zip(read))
        {
            Assert.Equal((Stream, data.Id, data.Type), (e.Stream, e.Id, e.Type));
            Assert.Equal(data.Data.ToArray(), e.Data.ToArray());
            Assert.Equal(data.Metadata.ToArray(), e.Metadata.ToArray());
            Assert.InRange(e.Created, before, before.AddMinutes(1));
        }
    }

    [Fact]
    public async Task Reads_go_both_ways_from_anywhere_to_a_count()
    {
        await using var log = await OpenAsync();
        await log.AppendAsync(Stream, ExpectedRevision.Any, [.. Enumerable.Range(0, 10).Select(_ => Event())], Cancellation);
        async Task<IEnumerable<long>> Revisions(ReadDirection direction, long from, long count) =>
            (await ReadAsync(log, Stream, direction, from, count)).Select(e => e.Revision);

        Assert.Equal([4L, 5, 6], await Revisions(ReadDirection.Forwards, 4, 3));
        Assert.Equal([8L, 9], await Revisions(ReadDirection.Forwards, 8, 100));
        Assert.Empty(await Revisions(ReadDirection.Forwards, 10, 1));
        Assert.Equal([9L, 8], await Revisions(ReadDirection.Backwards, StreamPosition.End, 2));
        Assert.Equal([2L, 1, 0], await Revisions(ReadDirection.Backwards, 2, long.MaxValue));
        Assert.Equal([9L], await Revisions(ReadDirection.Backwards, 50, 1));
    }

    [Fact]
    public async Task A_stream_that_is_not_there_is_empty()
    {
        await using var log = await OpenAsync();
        Assert.Empty(await ReadAsync(log, Stream));
        Assert.Empty(await ReadAsync(log, Stream, ReadDirection.Backwards, StreamPosition.End));
        Assert.Equal(-1, await log.GetLastRevisionAsync(Stream, Cancellation));
        Assert.Equal(StreamMetadata.None, await log.GetMetadataAsync(Stream, Cancellation));
        await foreach (var message in log.SubscribeAsync(Stream, -1, Cancellation))
        {
            Assert.True(message.IsCaughtUp);
            break;
        }
    }

    [Fact]
    public async Task Expectations_are_checked_and_a_conflict_tells_the_last_revision()
    {
        await using var log = await OpenAsync();
        Task<AppendResult> Try(ExpectedRevision expected) => log.AppendAsync(Stream, expected, [Event()], Cancellation).AsTask();

        Assert.Equal(new(AppendOutcome.WrongExpectedRevision, -1), await Try(ExpectedRevision.Exactly(0)));
        Assert.Equal(new(AppendOutcome.WrongExpectedRevision, -1), await Try(ExpectedRevision.StreamExists));
        Assert.Equal(new(AppendOutcome.Appended, 0), await Try(ExpectedRevision.NoStream));
        Assert.Equal(new(AppendOutcome.WrongExpectedRevision, 0), await Try(ExpectedRevision.NoStream));
        Assert.Equal(new(AppendOutcome.Appended, 1), await Try(ExpectedRevision.StreamExists));
        Assert.Equal(new(AppendOutcome.Appended, 2), await Try(ExpectedRevision.Exactly(1)));
        Assert.Equal(new(AppendOutcome.WrongExpectedRevision, 2), await Try(ExpectedRevision.Exactly(1)));
        Assert.Equal(new(AppendOutcome.WrongExpectedRevision, 2), await Try(ExpectedRevision.Exactly(3)));
        Assert.Equal(new(AppendOutcome.Appended, 3), await Try(ExpectedRevision.Any));
        Assert.Equal(3, await log.GetLastRevisionAsync(Stream, Cancellation));
    }

    [Fact]
    public async Task The_same_append_again_is_answered_as_the_first_time()
    {
        await using var log = await OpenAsync();
        EventData[] first = [Event(), Event()];
        EventData[] second = [Event()];
        await log.AppendAsync(Stream, ExpectedRevision.NoStream, first, Cancellation);
        await log.AppendAsync(Stream, ExpectedRevision.Exactly(1), second, Cancellation);
        Assert.Equal(new(AppendOutcome.Appended, 1), await log.AppendAsync(Stream, ExpectedRevision.NoStream, first, Cancellation));
        Assert.Equal(new(AppendOutcome.Appended, 2), await log.AppendAsync(Stream, ExpectedRevision.Exactly(1), second, Cancellation));
        Assert.Equal(new(AppendOutcome.Appended, 1), await log.AppendAsync(Stream, ExpectedRevision.Any, first, Cancellation));
        Assert.Equal(3, (await ReadAsync(log, Stream)).Count);
    }

    [Fact]
    public async Task Several_appends_stand_alone_and_are_answered_in_order()
    {
        await using var log = await OpenAsync();
        var other = Stream + "-b";
        var data = Enumerable.Range(0, 4).Select(_ => Event()).ToArray();
        var results = await log.AppendAsync(
            [
                new StreamAppend(Stream, ExpectedRevision.NoStream, [data[0], data[1]]),
                new StreamAppend(other, ExpectedRevision.Exactly(9), [Event()]),
                new StreamAppend(Stream, ExpectedRevision.Exactly(1), [data[2]]),
                new StreamAppend(other, ExpectedRevision.NoStream, [data[3]]),
            ],
            Cancellation);
        Assert.Equal(
            [new(AppendOutcome.Appended, 1), new(AppendOutcome.WrongExpectedRevision, -1), new(AppendOutcome.Appended, 2), new(AppendOutcome.Appended, 0)],
            results);
        Assert.Equal(data.Take(3).Select(e => e.Id), (await ReadAsync(log, Stream)).Select(e => e.Id));
        Assert.Equal(data[3].Id, Assert.Single(await ReadAsync(log, other)).Id);
    }

    [Fact]
    public async Task What_is_too_large_is_refused_whole()
    {
        await using var log = await OpenAsync();
        var result = await log.AppendAsync(Stream, ExpectedRevision.NoStream, [Event(), new(Guid.NewGuid(), "t", new byte[9 << 20], default)], Cancellation);
        Assert.Equal(AppendOutcome.TooLarge, result.Outcome);
        Assert.InRange(result.Revision, 1024, 9 << 20);
        Assert.Empty(await ReadAsync(log, Stream));
    }

    [Fact]
    public async Task Many_at_once_get_contiguous_revisions_each_once()
    {
        await using var log = await OpenAsync();
        var ids = await Task.WhenAll(Enumerable.Range(0, 40).Select(async _ =>
        {
            var data = Event();
            var result = await log.AppendAsync(Stream, ExpectedRevision.Any, [data], Cancellation);
            Assert.True(result.Succeeded);
            return (result.Revision, data.Id);
        }));
        var read = await ReadAsync(log, Stream);
        Assert.Equal(Enumerable.Range(0, 40).Select(i => (long)i), read.Select(e => e.Revision));
        Assert.Equal(ids.OrderBy(i => i.Revision).Select(i => i.Id), read.Select(e => e.Id));
    }

    [Fact]
    public async Task Of_those_who_expect_the_same_one_wins()
    {
        await using var log = await OpenAsync();
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => log.AppendAsync(Stream, ExpectedRevision.NoStream, [Event()], Cancellation).AsTask()));
        Assert.Single(results, r => r.Succeeded);
        Assert.All(results.Where(r => !r.Succeeded), r => Assert.Equal(AppendOutcome.WrongExpectedRevision, r.Outcome));
        Assert.Single(await ReadAsync(log, Stream));
    }

    [Fact]
    public async Task It_is_healthy()
    {
        await using var log = await OpenAsync();
        await log.CheckHealthAsync(Cancellation);
    }
}
