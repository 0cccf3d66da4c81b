using System.Text.Json;
using Adclicks.Admin;
using Adclicks.Privacy;
using Spectre.Console;

namespace Adclicks.Commands;

/// <summary>Writes the clicks of a person as they are found, and shows on the error output how far the search is.</summary>
internal static class PersonExport
{
    /// <summary>The number of clicks written.</summary>
    /// <exception cref="HttpRequestException">There is no answer, or it broke off: what was written is not all.</exception>
    public static async Task<long> WriteAsync(AdminClient client, string userId, FileInfo? to, CancellationToken cancellationToken)
    {
        await using var file = to?.Open(new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        await using var output = file is null ? null : new StreamWriter(file);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (Console.IsErrorRedirected) return await CopyAsync(client, userId, output ?? Console.Out, _ => { }, cancellationToken);
        return await console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                var task = context.AddTask("searching the log");
                return CopyAsync(client, userId, output ?? Console.Out, Show, cancellationToken);

                void Show(SearchProgress progress)
                {
                    task.MaxValue = Math.Max(1, progress.EventsInWindow);
                    task.Value = progress.Events;
                    task.Description = $"searching the log: {progress.Found:N0} clicks";
                }
            });
    }

    private static async Task<long> CopyAsync(AdminClient client, string userId, TextWriter output, Action<SearchProgress> show, CancellationToken cancellationToken)
    {
        long clicks = 0;
        var isWhole = false;
        await foreach (var text in client.PostLinesAsync("/admin/privacy/export", new PersonRequest(userId), cancellationToken))
        {
            var line = JsonSerializer.Deserialize<ExportLine>(text, PrivacyEndpoints.Lines)!;
            isWhole |= line.End == true;
            if (line.Progress is { } progress) show(progress);
            if (line.Click is not { } click) continue;
            await output.WriteLineAsync(JsonSerializer.Serialize(click, PrivacyEndpoints.Lines));
            clicks++;
        }

        return isWhole ? clicks : throw new HttpRequestException("The answer broke off: what was written is not all there is.");
    }
}
