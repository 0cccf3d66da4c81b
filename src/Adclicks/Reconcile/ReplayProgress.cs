using Adclicks.EventStore;
using Adclicks.Projections.Reconciliation;
using Spectre.Console;

namespace Adclicks.Reconcile;

/// <summary>Runs a replay and shows how far it is: a bar on a terminal, else a line now and then. On the error output.</summary>
internal static class ReplayProgress
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200), LineInterval = TimeSpan.FromSeconds(5);

    /// <summary>Returns when everything is replayed.</summary>
    public static async Task ShowAsync(LogReplay replay, long[] ends, IEventLog log, TimeProvider time, CancellationToken cancellationToken)
    {
        var all = Math.Max(1, ends.Sum(e => e + 1));
        var start = time.GetTimestamp();
        var reading = Task.Run(() => replay.ReadAsync(log, ends, Environment.ProcessorCount, cancellationToken), cancellationToken);
        if (Console.IsErrorRedirected) await LinesAsync();
        else await BarAsync();
        await reading;
        if (Console.IsErrorRedirected) await Console.Error.WriteLineAsync($"100 %, {Text()}");

        async Task BarAsync()
        {
            var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
            await console.Progress()
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .StartAsync(async context =>
                {
                    var task = context.AddTask("replay", maxValue: all);
                    while (!reading.IsCompleted)
                    {
                        (task.Value, task.Description) = (replay.Progress.Events, Text());
                        await Task.WhenAny(reading, Task.Delay(Poll, time, cancellationToken));
                    }

                    (task.Value, task.Description) = (all, Text());
                });
        }

        async Task LinesAsync()
        {
            while (await Task.WhenAny(reading, Task.Delay(LineInterval, time, cancellationToken)) != reading)
                await Console.Error.WriteLineAsync($"{100.0 * replay.Progress.Events / all:F0} %, {Text()}");
        }

        string Text() => $"{replay.Progress.Clicks:N0} clicks, {replay.Progress.Clicks / Math.Max(0.001, time.GetElapsedTime(start).TotalSeconds):N0} clicks/s";
    }
}
