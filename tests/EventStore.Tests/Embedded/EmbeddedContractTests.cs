using Adclicks.EventStore.Embedded;

namespace Adclicks.EventStore.Tests.Embedded;

public sealed class EmbeddedContractTests : EventLogFollowingContract, IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("adclicks-log-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Threads_of_their_own_and_tasks_append_side_by_side()
    {
        const int EachAppends = 50, Writers = 3;
        await using var log = await OpenAsync();
        var done = 0;
        var threads = Enumerable.Range(0, Writers).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < EachAppends; i++)
            {
                // It is durable when the call returns: nothing to wait for.
                if (log.AppendAsync("mixed", ExpectedRevision.Any, [Event()], Cancellation).AsTask().IsCompletedSuccessfully) Interlocked.Increment(ref done);
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < EachAppends; i++) Assert.True((await log.AppendAsync("mixed", ExpectedRevision.Any, [Event()], Cancellation)).Succeeded);
        })));
        threads.ForEach(t => t.Join());
        Assert.Equal(Writers * EachAppends, done);

        var read = await ReadAsync(log, "mixed");
        Assert.Equal(Enumerable.Range(0, 2 * Writers * EachAppends).Select(i => (long)i), read.Select(e => e.Revision));
        Assert.Equal(read.Count, read.Select(e => e.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_log_that_is_closed_says_so_to_a_thread_of_its_own()
    {
        var log = await OpenAsync();
        await log.DisposeAsync();
        Exception? said = null;
        var thread = new Thread(() => said = Record.Exception(() => log.AppendAsync("late", ExpectedRevision.Any, [Event()], Cancellation).AsTask().GetAwaiter().GetResult()));
        thread.Start();
        thread.Join();
        Assert.IsType<EventLogUnavailableException>(said);
    }

    protected override Task<IEventLog> OpenAsync() =>
        Task.FromResult<IEventLog>(EmbeddedEventLog.Open(_directory.FullName, new EmbeddedLogOptions(), TimeProvider.System));
}
