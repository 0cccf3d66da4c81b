using System.CommandLine;
using Adclicks.Admin;
using Adclicks.Projections.Generations;
using Spectre.Console;

namespace Adclicks.Commands;

/// <summary><c>adclicks generations …</c>: the sets of read models, of which reports read one.</summary>
internal static class GenerationsCommand
{
    private const int Done = 0, NotDone = 1;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var id = new Argument<int>("ID") { Description = "Its number" };
        var despiteLetters = DespiteDeadLetters();
        var now = new Option<bool>("--now") { Description = "Do not wait until it is up to date: clicks vanish from the reports until it is" };
        return new Command("generations", "Shows, switches and drops generations of read models")
        {
            AdminCommand.Create("list", "Shows them", (c, _, stop) => ListAsync(c, stop)),
            AdminCommand.Create("compare", "Compares one with the active one. Exit code 1: they differ", (c, p, stop) => CompareAsync(c, p.GetValue(id), stop), id),
            AdminCommand.Create(
                "switch",
                "Makes one the active one, at once for all readers; one that was retired is brought up to date first. Exit code 1: refused",
                (c, p, stop) => SwitchToAsync(c, p.GetValue(id), p.GetValue(despiteLetters), p.GetValue(now), stop),
                id,
                despiteLetters,
                now),
            AdminCommand.Create("drop", "Removes one that is not active, for good. Exit code 1: refused", (c, p, stop) => DropAsync(c, p.GetValue(id), stop), id),
        };
    }

    /// <summary>An option that several commands have.</summary>
    public static Option<bool> DespiteDeadLetters() => new("--despite-dead-letters") { Description = "Switch although it has set events aside" };

    /// <summary>Compares a generation with the active one and shows where they differ. Whether they are identical; null where it could not be told.</summary>
    public static async Task<bool?> ShowDifferencesAsync(AdminClient client, int id, CancellationToken cancellationToken)
    {
        var report = await client.GetAsync<ComparisonReport>($"/admin/generations/{id}/differences", cancellationToken)
            ?? throw new HttpRequestException($"There is no generation {id}.");
        if (!report.AreLevel)
        {
            await Console.Error.WriteLineAsync($"adclicks: generations {id} and {report.Other} are not at the same place in the log, and do not come to be.");
            return null;
        }

        if (report.Tables.Count == 0)
        {
            Console.Out.WriteLine($"Generation {id} is identical to the active one ({report.Other}), row by row.");
            return true;
        }

        Console.Out.WriteLine($"Generation {id} differs from the active one ({report.Other}) in {report.Tables.Count} tables:");
        var table = new Table().AddColumn("table").AddColumn(new TableColumn($"rows only in {id}").RightAligned()).AddColumn(new TableColumn($"rows only in {report.Other}").RightAligned());
        foreach (var t in report.Tables) table.AddRow(Markup.Escape(t.Table), $"{t.OnlyInGeneration:N0}", $"{t.OnlyInOther:N0}");
        AnsiConsole.Write(table);
        return false;
    }

    /// <summary>Switches, or says why not.</summary>
    public static async Task<bool> SwitchAsync(AdminClient client, int id, bool despiteDeadLetters, bool despiteLag, CancellationToken cancellationToken)
    {
        try
        {
            await client.PostAsync($"/admin/generations/{id}/switch?despite_dead_letters={despiteDeadLetters}&despite_lag={despiteLag}", cancellationToken);
            Console.Out.WriteLine($"Generation {id} is the active one.");
            return true;
        }
        catch (HttpRequestException e) when (e.StatusCode == System.Net.HttpStatusCode.Conflict)
        {
            await Console.Error.WriteLineAsync($"adclicks: not switched: {e.Message}");
            return false;
        }
    }

    private static async Task<int> ListAsync(AdminClient client, CancellationToken cancellationToken)
    {
        foreach (var g in await client.GetAsync<List<GenerationReport>>("/admin/generations", cancellationToken) ?? [])
        {
            var rules = $"window {g.Rules.Dedup.WindowMs / 1000.0:0.###} s, rules {(g.Rules.LatestRevision is { } r ? $"as of revision {r}" : "as recorded")}{(g.Rules.Part is { } part ? $", {part.Partitions.Count} partitions anew beside those of {part.From}" : "")}";
            Console.Out.WriteLine($"{g.Id,4}  {g.State,-8}  {g.CreatedAt:yyyy-MM-ddTHH:mm:ssZ}  {g.Clicks,14:N0} clicks  {g.EventsInLog - g.Events,10:N0} events behind  {g.DeadLetters,6:N0} dead letters  {rules}");
        }

        return Done;
    }

    private static async Task<int> CompareAsync(AdminClient client, int id, CancellationToken cancellationToken) =>
        await ShowDifferencesAsync(client, id, cancellationToken) switch { true => Done, false => NotDone, _ => AdminCommand.CouldNotFinish };

    private static async Task<int> SwitchToAsync(AdminClient client, int id, bool despiteDeadLetters, bool now, CancellationToken cancellationToken)
    {
        var target = await client.GetAsync<GenerationReport>($"/admin/generations/{id}", cancellationToken) ?? throw new HttpRequestException($"There is no generation {id}.");
        if (!now && target.State == Generation.Retired)
        {
            await client.PostAsync($"/admin/generations/{id}/resume", cancellationToken);
            await BuildProgressBar.ShowAsync(client, id, TimeProvider.System, cancellationToken);
        }

        return await SwitchAsync(client, id, despiteDeadLetters, now, cancellationToken) ? Done : NotDone;
    }

    private static async Task<int> DropAsync(AdminClient client, int id, CancellationToken cancellationToken)
    {
        try
        {
            await client.DeleteAsync($"/admin/generations/{id}", cancellationToken);
            Console.Out.WriteLine($"Generation {id} is dropped.");
            return Done;
        }
        catch (HttpRequestException e) when (e.StatusCode == System.Net.HttpStatusCode.Conflict)
        {
            await Console.Error.WriteLineAsync($"adclicks: not dropped: {e.Message}");
            return NotDone;
        }
    }
}
