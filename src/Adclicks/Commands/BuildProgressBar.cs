using Adclicks.Admin;
using Spectre.Console;

namespace Adclicks.Commands;

/// <summary>Shows how far a generation is until it has caught up: a bar on a terminal, else a line now and then. On the error output.</summary>
internal static class BuildProgressBar
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250), LineInterval = TimeSpan.FromSeconds(5);

    /// <summary>Returns the generation once nothing is left to do. It goes on being built if the wait is ended.</summary>
    public static async Task<GenerationReport> ShowAsync(AdminClient client, int id, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        GenerationReport? first = null;
        if (Console.IsErrorRedirected) return await LinesAsync();
        GenerationReport? last = null;
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        await console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask($"generation {id}");
                last = await FollowAsync(now =>
                {
                    task.MaxValue = Math.Max(1, now.EventsInLog);
                    task.Value = now.Events;
                    task.Description = Markup.Escape(Text(now));
                });
                task.Value = task.MaxValue;
            });
        return last!;

        async Task<GenerationReport> LinesAsync()
        {
            var shown = time.GetTimestamp();
            return await FollowAsync(now =>
            {
                if (!now.IsComplete && time.GetElapsedTime(shown) < LineInterval) return;
                shown = time.GetTimestamp();
                Console.Error.WriteLine($"{100.0 * now.Events / Math.Max(1, now.EventsInLog):F0} %, {Text(now)}, {Remaining(now)} to go");
            });
        }

        async Task<GenerationReport> FollowAsync(Action<GenerationReport> show)
        {
            while (true)
            {
                var now = await client.GetAsync<GenerationReport>($"/admin/generations/{id}", cancellationToken) ?? throw new HttpRequestException($"Generation {id} is no more.");
                first ??= now;
                show(now);
                if (now.IsComplete) return now;
                await Task.Delay(Poll, time, cancellationToken);
            }
        }

        string Text(GenerationReport now) => $"generation {id}: {now.Clicks:N0} clicks, {PerSecond(now.Clicks - first!.Clicks):N0} clicks/s{(now.DeadLetters > 0 ? $", {now.DeadLetters} dead letters" : "")}";

        double PerSecond(long done) => done / Math.Max(0.001, time.GetElapsedTime(start).TotalSeconds);

        string Remaining(GenerationReport now) => PerSecond(now.Events - first!.Events) is > 0 and var rate
            ? TimeSpan.FromSeconds(Math.Ceiling(Math.Min(1e6, (now.EventsInLog - now.Events) / rate))).ToString()
            : "unknown time";
    }
}
