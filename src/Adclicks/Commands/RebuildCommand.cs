using System.CommandLine;
using System.Globalization;
using Adclicks.Admin;
using Adclicks.Domain.Streams;

namespace Adclicks.Commands;

/// <summary><c>adclicks rebuild</c>: builds a generation beside the active one, compares both and switches.</summary>
internal static class RebuildCommand
{
    private const int Identical = 0, Different = 1, MaxPartition = Partitioner.MaxCount - 1;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var rules = new Option<string>("--rules")
        {
            Description = "recorded: each click by the reference data it was recorded with; latest: by that of now (what if)",
            DefaultValueFactory = _ => "recorded",
            HelpName = "WHICH",
        };
        rules.AcceptOnlyFromAmong("recorded", "latest");
        var andSwitch = new Option<bool>("--switch") { Description = "Switch to it if it is identical" };
        var despiteDifferences = new Option<bool>("--despite-differences") { Description = "Switch to it whatever it differs in" };
        var archive = new Option<string?>("--from-archive") { Description = "Read the events from an archive as far as it has them, and then from the log: a folder that the projecting processes see, or s3://BUCKET/PREFIX", HelpName = "PLACE" };
        var partitions = new Option<string?>("--partitions")
        {
            Description = "Project these partitions of the log anew, and with them those of the same lanes; take the rest over from the generation in use, whose rules and rollups it keeps",
            HelpName = "0,3,8-11",
        };
        partitions.Validators.Add(given => { if (given.GetValueOrDefault<string?>() is { } text && Numbers(text) is null) given.AddError($"--partitions: {text} is not a list like 0,3,8-11."); });
        var despiteDeadLetters = GenerationsCommand.DespiteDeadLetters();
        return AdminCommand.Create(
            "rebuild",
            "Builds the read models anew from the log, beside those in use, and compares. It goes on in the running processes; run again, it shows the one that "
            + "is being built. Exit code 1: they differ; 2: it could not be finished",
            (client, parsed, stop) => RebuildAsync(
                client,
                new BuildRequest(parsed.GetValue(rules) == "latest", Full(parsed.GetValue(archive)), parsed.GetValue(partitions) is { } list ? Numbers(list) : null),
                parsed.GetValue(andSwitch) || parsed.GetValue(despiteDifferences),
                parsed.GetValue(despiteDifferences),
                parsed.GetValue(despiteDeadLetters),
                stop),
            rules,
            archive,
            partitions,
            andSwitch,
            despiteDifferences,
            despiteDeadLetters);
    }

    /// <summary>The process that builds has a working directory of its own.</summary>
    private static string? Full(string? place) => place is null || place.Contains("://", StringComparison.Ordinal) ? place : Path.GetFullPath(place);

    /// <summary>Numbers and ranges of numbers; null where it is something else.</summary>
    private static int[]? Numbers(string list)
    {
        var numbers = new SortedSet<int>();
        foreach (var item in list.Split(','))
        {
            var ends = item.Split('-', 2);
            if (!int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first) || first > MaxPartition) return null;
            var last = first;
            if (ends.Length > 1 && (!int.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out last) || last < first || last > MaxPartition)) return null;
            numbers.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        return [.. numbers];
    }

    private static async Task<int> RebuildAsync(
        AdminClient client, BuildRequest request, bool andSwitch, bool despiteDifferences, bool despiteDeadLetters, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        var start = time.GetTimestamp();
        var begun = (await client.PostAsync<GenerationReport>("/admin/generations", request, cancellationToken))!;
        if (begun.Events > 0) Console.Out.WriteLine($"Generation {begun.Id} is being built already, by {begun.Clicks:N0} clicks.");
        if (begun.Rules.Part is { } part) Console.Out.WriteLine($"Generation {begun.Id}: partitions {string.Join(", ", part.Partitions)} anew, the others from generation {part.From}.");
        var built = await FollowAsync(client, begun.Id, time, cancellationToken);
        var elapsed = time.GetElapsedTime(start).TotalSeconds;
        Console.Out.WriteLine($"Generation {built.Id} has caught up: {built.Clicks:N0} clicks; {built.Clicks - begun.Clicks:N0} in {elapsed:F1} s ({(built.Clicks - begun.Clicks) / elapsed:N0} clicks/s)");
        if (built.DeadLetters > 0) Console.Out.WriteLine($"It has {built.DeadLetters:N0} dead letters: adclicks deadletters list --generation {built.Id}");
        if (await GenerationsCommand.ShowDifferencesAsync(client, built.Id, cancellationToken) is not { } identical) return AdminCommand.CouldNotFinish;
        if (andSwitch && (identical || despiteDifferences))
        {
            if (!await GenerationsCommand.SwitchAsync(client, built.Id, despiteDeadLetters, despiteLag: false, cancellationToken)) return AdminCommand.CouldNotFinish;
        }
        else
        {
            Console.Out.WriteLine($"Not switched. To switch: adclicks generations switch {built.Id}; to give it up: adclicks generations drop {built.Id}");
        }

        return identical ? Identical : Different;
    }

    private static async Task<GenerationReport> FollowAsync(AdminClient client, int id, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return await BuildProgressBar.ShowAsync(client, id, time, cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException)
        {
            await Console.Error.WriteLineAsync($"adclicks: generation {id} goes on being built wherever projections run; adclicks rebuild shows it again.");
            throw;
        }
    }
}
