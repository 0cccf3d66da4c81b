using Adclicks.Support;
namespace Adclicks.EventStore.Tests;

/// <summary>The same for subscriptions and retention.</summary>
public abstract class EventLogFollowingContract : EventLogContract
{
    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task A_subscription_has_all_after_a_revision_then_says_so_then_follows(long after)
    {
        await using var log = await OpenAsync();
        await log.AppendAsync(Stream, ExpectedRevision.Any, [.. Enumerable.Range(0, 5).Select(_ => Event())], Cancellation);
        var seen = new List<long>();
        var caughtUp = false;
        await foreach (var message in log.SubscribeAsync(Stream, after, Cancellation))
        {
            if (message.Event is { } e)
                seen.Add(e.Revision);
            else if (!caughtUp)
                await log.AppendAsync(Stream, ExpectedRevision.Exactly(4), [Event(), Event()], Cancellation);
            caughtUp |= message.IsCaughtUp;
            if (seen.LastOrDefault() == 6)
                break;
        }

        Assert.True(caughtUp);
        Assert.Equal(Enumerable.Range((int)after + 1, 6 - (int)after).Select(i => (long)i), seen);
    }

    [Fact]
    public async Task A_subscription_may_be_there_before_the_stream()
    {
        await using var log = await OpenAsync();
        var data = Event();
        await foreach (var message in log.SubscribeAsync(Stream, -1, Cancellation))
        {
            if (message.Event is { } e)
            {
                Assert.Equal((0L, data.Id), (e.Revision, e.Id));
                break;
            }

            await log.AppendAsync(Stream, ExpectedRevision.Any, [data], Cancellation);
        }
    }

    [Fact]
    public async Task A_subscription_ends_when_cancelled()
    {
        await using var log = await OpenAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var message in log.SubscribeAsync(Stream, -1, stop.Token))
            {
                if (message.IsCaughtUp)
                    await stop.CancelAsync();
            }
        });
    }

    [Fact]
    public async Task A_subscription_keeps_up_with_many_writers()
    {
        const int Count = 500;
        await using var log = await OpenAsync();
        var writing = Task.WhenAll(Enumerable.Range(0, 5).Select(async _ =>
        {
            for (var i = 0; i < Count / 5; i++)
                await log.AppendAsync(Stream, ExpectedRevision.Any, [Event()], Cancellation);
        }));
        var next = 0L;
        await foreach (var message in log.SubscribeAsync(Stream, -1, Cancellation))
        {
            if (message.Event is { } e)
                Assert.Equal(next++, e.Revision);
            if (next == Count)
                break;
        }

        await writing;
    }

    [Fact]
    public async Task Retention_by_count_and_revision_hides_at_once_and_revisions_go_on()
    {
        await using var log = await OpenAsync();
        await log.AppendAsync(Stream, ExpectedRevision.Any, [.. Enumerable.Range(0, 6).Select(_ => Event())], Cancellation);
        var metadata = new StreamMetadata(MaxCount: 2);
        await log.SetMetadataAsync(Stream, metadata, Cancellation);
        Assert.Equal(metadata, await log.GetMetadataAsync(Stream, Cancellation));
        Assert.Equal([4L, 5], (await ReadAsync(log, Stream)).Select(e => e.Revision));
        Assert.Equal([5L, 4], (await ReadAsync(log, Stream, ReadDirection.Backwards, StreamPosition.End)).Select(e => e.Revision));

        await log.SetMetadataAsync(Stream, new StreamMetadata(TruncateBefore: 5), Cancellation);
        Assert.Equal(new(AppendOutcome.Appended, 6), await log.AppendAsync(Stream, ExpectedRevision.Exactly(5), [Event()], Cancellation));
        Assert.Equal([5L, 6], (await ReadAsync(log, Stream)).Select(e => e.Revision));
        var first = -1L;
        await foreach (var message in log.SubscribeAsync(Stream, -1, Cancellation))
        {
            first = message.Event!.Revision;
            break;
        }

        Assert.Equal(5, first);
        Assert.Equal(6, await log.GetLastRevisionAsync(Stream, Cancellation));
    }

    [Fact]
    public async Task Retention_by_age_hides_what_is_older()
    {
        await using var log = await OpenAsync();
        await log.AppendAsync(Stream, ExpectedRevision.Any, [Event()], Cancellation);
        await log.SetMetadataAsync(Stream, new StreamMetadata(MaxAge: TimeSpan.FromDays(1)), Cancellation);
        Assert.Single(await ReadAsync(log, Stream));
        await log.SetMetadataAsync(Stream, new StreamMetadata(MaxAge: TimeSpan.FromSeconds(1)), Cancellation);
        await Eventually.TrueAsync(async () => (await ReadAsync(log, Stream)).Count == 0, "It is still there.");
    }
}
