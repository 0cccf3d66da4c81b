using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;

namespace Adclicks.Projections.Engine;

/// <summary>
/// Threads for what follows the log, one per core, so that those of the pool have requests alone to answer. Where the cores do not suffice for both,
/// those who wait for an answer come first: on Linux these threads are <see cref="ProjectionsOptions.Niceness"/> nicer than the others. Whatever is begun
/// here goes on here after each await. Nothing that is may block: there is no other thread for it.
/// </summary>
internal sealed class ProjectionThreads : TaskScheduler, IDisposable
{
    private readonly object _gate = new();
    private readonly Queue<Task> _tasks = new();
    private readonly int _niceness;
    private int _asleep;
    private bool _isEnding;

    public ProjectionThreads(IOptions<ProjectionsOptions> options)
    {
        _niceness = options.Value.Niceness;
        for (var i = 0; i < Environment.ProcessorCount; i++) new Thread(Run) { IsBackground = true, Name = "projections" }.Start();
    }

    /// <inheritdoc/>
    public override int MaximumConcurrencyLevel => Environment.ProcessorCount;

    /// <summary>Runs it on these threads.</summary>
    public Task RunAsync(Func<Task> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    /// <summary>Ends the threads when nothing waits any more. Whatever is still to come of what was begun here, the pool does.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isEnding = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <inheritdoc/>
    protected override void QueueTask(Task task)
    {
        lock (_gate)
        {
            if (!_isEnding)
            {
                _tasks.Enqueue(task);
                if (_asleep == 0) return;
                _asleep--;
                Monitor.Pulse(_gate);
                return;
            }
        }

        ThreadPool.UnsafeQueueUserWorkItem(_ => TryExecuteTask(task), null);
    }

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => !taskWasPreviouslyQueued && Current == this && TryExecuteTask(task);

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_gate) return [.. _tasks];
    }

    private void Run()
    {
        // Linux takes the thread that asks for a process here.
        if (OperatingSystem.IsLinux() && _niceness > 0) _ = Nice(_niceness);
        while (Next() is { } task) TryExecuteTask(task);
    }

    /// <summary>Waits for it; null at the end.</summary>
    private Task? Next()
    {
        lock (_gate)
        {
            Task? next;
            while (!_tasks.TryDequeue(out next) && !_isEnding)
            {
                // Whoever wakes us takes one off.
                _asleep++;
                Monitor.Wait(_gate);
            }

            return next;
        }
    }

    [DllImport("libc", EntryPoint = "nice")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Nice(int more);
}
