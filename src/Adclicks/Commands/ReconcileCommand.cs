using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Adclicks.Domain.Access;
using Adclicks.Domain.Billing;
using Adclicks.EventStore;
using Adclicks.EventStore.EventStoreDb;
using Adclicks.Projections.Reconciliation;
using Adclicks.Reconcile;
using Spectre.Console;

namespace Adclicks.Commands;

/// <summary><c>adclicks reconcile</c>: counts again from the log, and says where ledger or reports differ.</summary>
internal static class ReconcileCommand
{
    private const int Equal = 0, Different = 1, CouldNotFinish = 2;

    /// <summary>Advertisers named where a difference is about all of them.</summary>
    private const int MostNames = 5;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var (data, url, key) = (CommonOptions.Data(), CommonOptions.Url(), CommonOptions.Key(Roles.Admin));
        var from = new Option<string?>("--from") { Description = "The first hour: 2026-11-24, 2026-11-24T14:00 (UTC); default: from the beginning", HelpName = "TIME" };
        var to = new Option<string?>("--to") { Description = "The end, not included; default: the hour that is running", HelpName = "TIME" };
        foreach (var option in new[] { from, to }) option.Validators.Add(given => { if (given.GetValueOrDefault<string?>() is { } text && Hour(text) is null) given.AddError($"{option.Name}: {text} is not a time like 2026-11-24 or 2026-11-24T14:00."); });
        var advertiser = new Option<string?>("--advertiser") { Description = "Only the differences of this one", HelpName = "ID" };
        var source = new Option<string>("--source") { Description = "What to count from", DefaultValueFactory = _ => "log", HelpName = "log|archive" };
        source.AcceptOnlyFromAmong("log", "archive");
        var archive = new Option<string?>("--archive") { Description = "With --source archive: its folder, or s3://BUCKET/PREFIX. Log and reports are compared where they are there", HelpName = "PLACE" };
        var exact = new Option<bool>("--exact") { Description = "Count users and addresses too by hour and advertiser" };
        var log = new Option<DirectoryInfo?>("--log") { Description = "The folder of an embedded log, such as a copy (default: the log in use)", HelpName = "DIR" };
        var ledgerOnly = new Option<bool>("--ledger-only") { Description = "Compare the ledger alone; needs no running process" };
        var rows = new Option<int>("--rows") { Description = "Differences to show at most", DefaultValueFactory = _ => 50, HelpName = "N" };
        var command = new Command("reconcile",
            "Replays the raw clicks through the rules alone, computes hours and hashes again, and compares with the ledger and with every table of the reports, and with EventStoreDB's own count where that is installed. "
            + "Exit code 0: all is equal; 1: something differs; 2: it could not be finished")
        { from, to, advertiser, source, archive, exact, log, ledgerOnly, rows, data, url, key };
        command.Validators.Add(given =>
        {
            if ((given.GetValue(source) == "archive") != (given.GetValue(archive) is not null)) given.AddError("--source archive and --archive PLACE go together.");
        });
        command.SetAction((parsed, stop) => RunAsync(
            new ReconcileRequest(
                parsed.GetRequiredValue(data), parsed.GetValue(log), Hour(parsed.GetValue(from)), Hour(parsed.GetValue(to)), parsed.GetValue(advertiser), parsed.GetValue(exact), parsed.GetValue(ledgerOnly), parsed.GetValue(archive),
                () => CommonOptions.ClientFor(parsed.GetRequiredValue(data), parsed.GetValue(url), parsed.GetValue(key), Roles.Admin)),
            parsed.GetValue(rows),
            stop));
        return command;
    }

    private static async Task<int> RunAsync(ReconcileRequest request, int rows, CancellationToken cancellationToken)
    {
        try
        {
            var result = await new Reconciliation(request, TimeProvider.System).RunAsync(cancellationToken);
            Show(result, rows);
            return result.Differences.Count == 0 ? Equal : Different;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("adclicks: stopped.");
        }
        catch (Exception e) when (e is EventLogUnavailableException or EventStoreDbException or HttpRequestException or IOException or JsonException or InvalidDataException or FormatException or RocksDbSharp.RocksDbException)
        {
            await Console.Error.WriteLineAsync($"adclicks: {e.Message}");
        }

        return CouldNotFinish;
    }

    private static void Show(ReconcileResult result, int rows)
    {
        Console.Out.WriteLine($"{result.Clicks:N0} clicks replayed in {result.Elapsed.TotalSeconds:F1} s ({result.Clicks / Math.Max(0.001, result.Elapsed.TotalSeconds):N0} clicks/s)");
        if (result.Archived is { } archived) Console.Out.WriteLine($"{archived:N0} clicks in the files of the archive compared with the ledger");
        Console.Out.WriteLine($"{result.Entries:N0} entries of the ledger compared{(result.ClosedThrough < 0 ? "" : $"; it is closed until {Time(result.ClosedThrough + 1)}")}");
        Console.Out.WriteLine(result.WithRollups ? "Reports compared, table by table." : "Reports not compared.");
        foreach (var gone in result.Dropped ?? [])
            Console.Out.WriteLine($"Reports by {gone.Granularity} from {gone.From:yyyy-MM-dd HH:mm} to {gone.To:yyyy-MM-dd HH:mm} not compared: their retention is over.");
        if (result.Audited is { } audited) Console.Out.WriteLine($"{audited:N0} clicks counted by EventStoreDB's own projection compared.");
        if (result.Uniques is { } uniques) ShowUniques(uniques, rows);
        if (result.Differences.Count == 0)
        {
            Console.Out.WriteLine("Equal.");
            return;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns("where", "hour", "advertiser", "what", "by the log", "found");
        foreach (var d in result.Differences.Take(rows))
            table.AddRow([.. new[] { d.Where, d.Hour is { } hour ? Time(hour) : "", Advertiser(d), d.Subject, d.Expected, d.Found }.Select(Markup.Escape)]);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected) console.Profile.Width = 240;
        console.Write(table);
        Console.Out.WriteLine($"{result.Differences.Count:N0} differences{(result.Differences.Count > rows ? $", {rows} shown" : "")}.");
    }

    private static void ShowUniques(IReadOnlyDictionary<(int Hour, string AdvertiserId), (long Users, long Ips)> uniques, int rows)
    {
        Console.Out.WriteLine("hour, advertiser, users, addresses (counted):");
        foreach (var ((hour, advertiser), (users, ips)) in uniques.OrderBy(u => u.Key).Take(rows)) Console.Out.WriteLine($"  {Time(hour)}  {advertiser}  {users:N0}  {ips:N0}");
    }

    private static string Advertiser(Difference difference) =>
        difference.AdvertiserId is { } one ? Shown(one)
        : difference.Among is { Count: > 0 } some ? string.Join(' ', some.Take(MostNames).Select(Shown)) + (some.Count > MostNames ? " …" : "")
        : "?";

    private static string Shown(string advertiser) => advertiser.Length == 0 ? "(none)" : advertiser;

    private static string Time(int hour) => BillingHour.Start(hour).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static int? Hour(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) && time.Year is >= 1970 and < 2300 ? BillingHour.Of(time) : null;
}
