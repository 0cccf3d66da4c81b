using System.CommandLine;
using Adclicks.Admin;
using Adclicks.Ingestion.Privacy;

namespace Adclicks.Commands;

/// <summary><c>adclicks privacy …</c>: the keys of personal data, and what is held about a person.</summary>
internal static class PrivacyCommand
{
    private const int Done = 0, NotDone = 1;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var day = new Option<string>("--day") { Description = "The day of receipt (UTC), as 2026-11-24", HelpName = "DAY", Required = true };
        day.Validators.Add(given => { if (given.GetValueOrDefault<string?>() is { } text && PrivacyDay.Parse(text) is null) given.AddError($"--day: {text} is not a day like 2026-11-24."); });
        var force = new Option<bool>("--force") { Description = "Also for a day that is not over: what was received so far becomes unreadable, and what comes gets a new key" };
        var user = new Option<string>("--user-id") { Description = "The user id, as clicks give it; - to read it from the standard input", HelpName = "ID", Required = true };
        var to = new Option<FileInfo?>("--to") { Description = "The file to write (default: the standard output)", HelpName = "FILE" };
        return new Command("privacy", "Keys of personal data; what is held about a person")
        {
            AdminCommand.Create("status", "Shows the days whose addresses and user ids can still be read", (c, _, stop) => StatusAsync(c, stop)),
            AdminCommand.Create(
                "shred",
                "Destroys the key of a day: nobody ever reads the addresses and user ids that were received on it again. Exit code 1: there is no such key",
                (c, p, stop) => ShredAsync(c, p.GetRequiredValue(day), p.GetValue(force), stop),
                day,
                force),
            AdminCommand.Create("rotate-master", "Wraps all keys under a new master key", (c, _, stop) => RotateAsync(c, stop)),
            AdminCommand.Create(
                "export",
                "Writes what is held about a user id, a click a line, as JSON. Exit code 1: nothing is",
                async (c, p, stop) => await PersonExport.WriteAsync(c, await UserIdAsync(p.GetRequiredValue(user), stop), p.GetValue(to), stop) > 0 ? Done : NotDone,
                user,
                to),
            AdminCommand.Create(
                "erase",
                "Destroys what opens the addresses and user ids kept of a user id, on every day. Counts stay what they are",
                async (c, p, stop) => await EraseAsync(c, await UserIdAsync(p.GetRequiredValue(user), stop), stop),
                user),
        };
    }

    private static async Task<int> StatusAsync(AdminClient client, CancellationToken cancellationToken)
    {
        var report = (await client.GetAsync<PrivacyReport>("/admin/privacy", cancellationToken))!;
        Console.Out.WriteLine(report.Days.Count == 0 ? "No day can be read." : $"readable    {string.Join(' ', report.Days)}");
        Console.Out.WriteLine(report.ShredAfterDays == 0 ? "shredding   on demand only" : $"shredding   after {report.ShredAfterDays} days");
        return Done;
    }

    private static async Task<int> ShredAsync(AdminClient client, string day, bool force, CancellationToken cancellationToken)
    {
        if (await client.PostAsync($"/admin/privacy/days/{day}/shred{(force ? "?force=true" : "")}", cancellationToken))
        {
            Console.Out.WriteLine($"The key of {day} is destroyed.");
            return Done;
        }

        await Console.Error.WriteLineAsync($"adclicks: there is no key of {day}: it was destroyed before, or nothing was received.");
        return NotDone;
    }

    private static async Task<int> RotateAsync(AdminClient client, CancellationToken cancellationToken)
    {
        var report = (await client.PostAsync<RotationReport>("/admin/privacy/rotate-master", null, cancellationToken))!;
        Console.Out.WriteLine($"{report.Keys:N0} keys wrapped anew.");
        return Done;
    }

    private static async Task<int> EraseAsync(AdminClient client, string userId, CancellationToken cancellationToken)
    {
        var report = (await client.PostAsync<ErasureReport>("/admin/privacy/erase", new PersonRequest(userId), cancellationToken))!;
        Console.Out.WriteLine(report.Days.Count == 0
            ? "There is no day's key with a part of this user id: it was erased before."
            : $"Erased from the keys of {report.Days.Count:N0} {(report.Days.Count == 1 ? "day" : "days")}: {string.Join(' ', report.Days)}");
        Console.Out.WriteLine($"What stays, because counts rest on it: the keyed hash {report.VisitorHash} and the coarse facts of its clicks.");
        return Done;
    }

    /// <summary>What is given on a command line is seen by others on the machine.</summary>
    private static async Task<string> UserIdAsync(string given, CancellationToken cancellationToken) =>
        given == "-" ? (await Console.In.ReadLineAsync(cancellationToken) ?? "").Trim() : given;
}
