using System.Globalization;
using Adclicks.Projections.Engine;
using Microsoft.Extensions.Options;

namespace Adclicks.Projections.Tests.Engine;

/// <summary>What follows the log has threads of its own, which step back behind those that answer.</summary>
public sealed class ProjectionThreadsTests
{
    [Fact]
    public async Task What_is_begun_there_stays_there_behind_each_await()
    {
        using var threads = Threads(niceness: 5);
        var names = new List<string?>();
        await threads.RunAsync(async () =>
        {
            names.Add(Thread.CurrentThread.Name);
            await Task.Yield();
            names.Add(Thread.CurrentThread.Name);
            await Task.Run(() => names.Add(Thread.CurrentThread.Name), TestContext.Current.CancellationToken);
            names.Add(Thread.CurrentThread.Name);
        });
        Assert.Equal(["projections", "projections", "projections"], names.Where(n => n == "projections"));
        Assert.Equal(4, names.Count);
        Assert.NotEqual("projections", names[2]);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(7, 7)]
    public async Task Its_threads_are_as_nice_as_the_setting_says_and_nobody_elses(int niceness, int more)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads have a priority of their own on Linux alone.");
        using var threads = Threads(niceness);
        var theirs = 0;
        await threads.RunAsync(() =>
        {
            theirs = NicenessOfThisThread();
            return Task.CompletedTask;
        });
        Assert.Equal(NicenessOfThisThread() + more, theirs);
    }

    [Fact]
    public async Task What_is_not_over_when_they_end_is_ended_by_the_pool()
    {
        var threads = Threads(niceness: 0);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        string? name = null;
        var work = threads.RunAsync(() =>
        {
            var waiting = WaitAsync();
            begun.SetResult();
            return waiting;
        });
        await begun.Task;
        threads.Dispose();
        go.SetResult();
        await work;
        Assert.NotEqual("projections", name);

        async Task WaitAsync()
        {
            await go.Task;
            name = Thread.CurrentThread.Name;
        }
    }

    private static ProjectionThreads Threads(int niceness) => new(Options.Create(new ProjectionsOptions { Niceness = niceness }));

    /// <summary>The nineteenth field, of those behind the name in brackets the seventeenth.</summary>
    private static int NicenessOfThisThread() =>
        int.Parse(File.ReadAllText("/proc/thread-self/stat").Split(") ")[1].Split(' ')[16], CultureInfo.InvariantCulture);
}
