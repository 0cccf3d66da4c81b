using Adclicks.EventStore.Embedded;

namespace Adclicks.EventStore.Tests.Embedded;

/// <summary>An append without an expected revision is known again for as long as its ids are remembered, and no longer.</summary>
public sealed class RememberedEventIdsTests : IDisposable
{
    private const int Remembered = 5;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("adclicks-log-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task The_last_events_are_known_again_and_those_before_them_are_not()
    {
        await using var log = EmbeddedEventLog.Open(_directory.FullName, new EmbeddedLogOptions { RememberedEventIds = Remembered });
        var ids = Enumerable.Range(0, 100).Select(_ => Guid.NewGuid()).ToList();
        for (var i = 0; i < ids.Count; i++) Assert.Equal(i, await AppendAsync(log, "stream", ids[i]));

        for (var i = ids.Count - Remembered; i < ids.Count; i++) Assert.Equal(i, await AppendAsync(log, "stream", ids[i]));
        Assert.Equal(ids.Count, await AppendAsync(log, "stream", ids[^(Remembered + 1)]));
    }

    [Fact]
    public async Task The_same_id_in_another_stream_is_another_event()
    {
        await using var log = EmbeddedEventLog.Open(_directory.FullName);
        var id = Guid.NewGuid();
        await AppendAsync(log, "one", Guid.NewGuid());
        Assert.Equal(1, await AppendAsync(log, "one", id));

        Assert.Equal(0, await AppendAsync(log, "other", id));
        Assert.Equal(1, await AppendAsync(log, "one", id));
        Assert.Equal(0, await AppendAsync(log, "other", id));
    }

    [Fact]
    public async Task Several_events_are_known_only_where_all_of_them_were_stored_one_after_the_other()
    {
        await using var log = EmbeddedEventLog.Open(_directory.FullName);
        var (a, b, c) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        Assert.Equal(1, await AppendAsync(log, "stream", a, b));
        Assert.Equal(2, await AppendAsync(log, "stream", c));

        Assert.Equal(1, await AppendAsync(log, "stream", a, b));
        Assert.Equal(2, await AppendAsync(log, "stream", b, c));
        Assert.Equal(4, await AppendAsync(log, "stream", a, c));
    }

    private static async Task<long> AppendAsync(EmbeddedEventLog log, string stream, params Guid[] ids)
    {
        var result = await log.AppendAsync(
            stream, ExpectedRevision.Any, [.. ids.Select(id => new EventData(id, "test", default, default))], TestContext.Current.CancellationToken);
        Assert.Equal(AppendOutcome.Appended, result.Outcome);
        return result.Revision;
    }
}
