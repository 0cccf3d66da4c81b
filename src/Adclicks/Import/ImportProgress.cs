using Spectre.Console;

namespace Adclicks.Import;

/// <summary>Shows how far an import is: a bar on a terminal, else a line now and then. On the error output.</summary>
internal static class ImportProgress
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    /// <summary>Runs the import with a place to say how many bytes of the file are done.</summary>
    public static async Task ShowAsync(string name, long length, ImportSummary summary, TimeProvider time, Func<Action<long>, Task> import)
    {
        if (Console.IsErrorRedirected) await LinesAsync(name, length, summary, time, import);
        else await BarAsync(name, length, summary, import);
    }

    private static Task BarAsync(string name, long length, ImportSummary summary, Func<Action<long>, Task> import)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(name), maxValue: Math.Max(1, length));
                await import(done =>
                {
                    task.Value = done;
                    task.Description = $"{Markup.Escape(name)} {summary.Accepted:N0}";
                });
                task.Value = task.MaxValue;
            });
    }

    private static Task LinesAsync(string name, long length, ImportSummary summary, TimeProvider time, Func<Action<long>, Task> import)
    {
        var last = time.GetTimestamp();
        return import(done =>
        {
            if (time.GetElapsedTime(last) < LineInterval) return;
            last = time.GetTimestamp();
            Console.Error.WriteLine($"{name}: {100.0 * done / Math.Max(1, length):F0} %, {summary.Accepted:N0} accepted, {summary.Rejected:N0} rejected");
        });
    }
}
