using System.CommandLine;
using System.Globalization;
using Adclicks.Domain.Access;
using Adclicks.Domain.Billing;
using Adclicks.Domain.Dedup;
using Adclicks.Domain.Text;
using Adclicks.EventStore;
using Adclicks.Hosting;
using Adclicks.Projections.Explanation;
using Adclicks.Projections.Explanation.Index;
using Adclicks.Projections.Reconciliation;
using Adclicks.Reconcile;

namespace Adclicks.Commands;

/// <summary>
/// <c>adclicks explain</c>: what became of clicks, and which clicks are behind a number. A few clicks are asked of the running process, which has
/// an index and the keys of personal data; all else is read from the log itself.
/// </summary>
internal static class ExplainCommand
{
    private const int Found = 0, NotFound = 1, CouldNotFinish = 2;

    /// <summary>More clicks than this take one replay of the log instead of a question each.</summary>
    private const int MaxAsked = 8;

    private const int MaxSample = 1_000_000;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var (data, url, key) = (CommonOptions.Data(), CommonOptions.Url(), CommonOptions.Key(Roles.Admin));
        var log = new Option<DirectoryInfo?>("--log") { Description = "The folder of an embedded log, such as a copy (default: the log in use)", HelpName = "DIR" };
        var ids = new Argument<string[]>("CLICK_ID") { Description = "Event ids of clicks", Arity = ArgumentArity.ZeroOrMore };
        var file = new Option<FileInfo?>("--ids") { Description = "A file with ids, one a line: the log is replayed once for all of them", HelpName = "FILE" };
        var lines = new Option<bool>("--lines") { Description = "One click a line" };
        var bucket = new Option<string?>("--bucket") { Description = "List the clicks of a bucket instead, as CSV: 2026-11-24, 2026-11-24T14, 2026-11-24T14:05 (UTC)", HelpName = "TIME" };
        bucket.Validators.Add(given => { if (given.GetValueOrDefault<string?>() is { } text && Range(text) is null) given.AddError($"--bucket: {text} is not a day, an hour or a minute."); });
        var advertiser = new Option<string?>("--advertiser") { Description = "With --bucket: only of this one", HelpName = "ID" };
        var campaign = new Option<string?>("--campaign") { Description = "With --bucket: only of this one", HelpName = "ID" };
        var ad = new Option<string?>("--ad") { Description = "With --bucket: only of this one", HelpName = "ID" };
        var sample = new Option<int?>("--sample") { Description = "Draw hours of ads at random until they have N clicks, explain each click, and compare the sums with the reports; best while no clicks come in", HelpName = "N" };
        sample.Validators.Add(given => { if (given.GetValueOrDefault<int?>() is < 1 or > MaxSample) given.AddError($"--sample must be from 1 to {MaxSample}."); });
        var seed = new Option<int>("--seed") { Description = "With --sample: another number draws others", DefaultValueFactory = _ => 1, HelpName = "N" };
        var archive = new Option<string?>("--archive") { Description = "Look into an archive instead, for what the log no longer has: its folder, or s3://BUCKET/PREFIX", HelpName = "PLACE" };
        var hour = new Option<string?>("--hour") { Description = "With --archive: only clicks of the entry of this hour, as 2026-11-24T14", HelpName = "HOUR" };
        hour.Validators.Add(given => { if (given.GetValueOrDefault<string?>() is { } text && Range(text) is null) given.AddError($"--hour: {text} is not an hour like 2026-11-24T14."); });
        var command = new Command("explain", "Says what became of a click and why, as JSON; or with --bucket which clicks are behind a number. Exit code 1: there is none, or a sample differs; 2: it could not be finished")
        { ids, file, lines, bucket, advertiser, campaign, ad, sample, seed, archive, hour, log, data, url, key };
        command.SetAction((parsed, stop) => RunAsync(async () =>
        {
            HttpClient Connect() => CommonOptions.ClientFor(parsed.GetRequiredValue(data), parsed.GetValue(url), parsed.GetValue(key), Roles.Admin);
            string[] all = [.. parsed.GetValue(ids) ?? [], .. parsed.GetValue(file) is { } list ? (await File.ReadAllLinesAsync(list.FullName, stop)).Where(l => l.Length > 0) : []];
            if (parsed.GetValue(archive) is { } place) return await FindArchivedAsync(place, all, Range(parsed.GetValue(hour))?.FromMs, parsed.GetValue(lines), stop);
            if (parsed.GetValue(log) is null && all.Length is > 0 and <= MaxAsked && await RunningExplanation.ShowAsync(Connect, all, parsed.GetValue(lines), stop)) return Found;
            await using var opened = LogSource.OpenWhole(new DataDirectory(parsed.GetRequiredValue(data).FullName), parsed.GetValue(log));
            if (parsed.GetValue(sample) is { } clicks) return await CheckAsync(opened, Connect, clicks, parsed.GetValue(seed), stop);
            if (Range(parsed.GetValue(bucket)) is { } range)
                return await ListAsync(opened, new BucketFilter(range.FromMs, range.ToMs, parsed.GetValue(advertiser), parsed.GetValue(campaign), parsed.GetValue(ad)), stop);
            return await ExplainAsync(opened, all, parsed.GetValue(lines), stop);
        }));
        return command;
    }

    private static async Task<int> ExplainAsync(IEventLog log, string[] ids, bool lines, CancellationToken cancellationToken)
    {
        var (reference, settings) = await ReferenceReplay.ReadAsync(log, cancellationToken);
        var addresses = await ClickFinder.FindAsync(log, Enumerable.Range(0, settings?.Partitions ?? 0).Select(RevisionRange.Whole), ids, Environment.ProcessorCount, cancellationToken);
        foreach (var explanation in await new ClickExplainer(log, reference, new DedupOptions()).ExplainAsync(addresses, Environment.ProcessorCount, cancellationToken))
            Console.Out.WriteLine(explanation.ToJson(indented: !lines));
        if (addresses.Count > 0) return Found;
        await Console.Error.WriteLineAsync("adclicks: there is no such click in the log.");
        return NotFound;
    }

    private static async Task<int> FindArchivedAsync(string place, string[] ids, long? hourMs, bool lines, CancellationToken cancellationToken)
    {
        using var store = ArchiveLocation.Open(place);
        var exitCode = NotFound;
        await foreach (var found in ArchiveFinder.FindAsync(store, ids, hourMs is { } ms ? BillingHour.Of(ms) : null, cancellationToken))
        {
            Console.Out.WriteLine(found.ToJson(indented: !lines));
            exitCode = Found;
        }

        if (exitCode == NotFound) await Console.Error.WriteLineAsync("adclicks: there is no such click in the archive.");
        return exitCode;
    }

    private static async Task<int> CheckAsync(IEventLog log, Func<HttpClient> connect, int clicks, int seed, CancellationToken cancellationToken)
    {
        using var http = connect();
        var result = await SampleCheck.RunAsync(log, http, clicks, seed, TimeProvider.System.GetUtcNow(), cancellationToken);
        Console.Out.WriteLine($"{result.Clicks:N0} clicks explained, all of {result.Buckets:N0} hours of ads");
        foreach (var (verdict, count) in result.Verdicts.OrderByDescending(v => v.Value)) Console.Out.WriteLine($"  {count,9:N0}  {verdict}");
        foreach (var difference in result.Differences) Console.Out.WriteLine(difference);
        Console.Out.WriteLine(result.Differences.Count == 0 ? "Equal to the reports." : $"{result.Differences.Count:N0} hours of ads differ from the reports.");
        return result.Differences.Count == 0 ? Found : NotFound;
    }

    private static async Task<int> ListAsync(IEventLog log, BucketFilter filter, CancellationToken cancellationToken)
    {
        var (reference, settings) = await ReferenceReplay.ReadAsync(log, cancellationToken);
        var clicks = await BucketListing.ListAsync(log, settings?.Partitions ?? 0, reference, new DedupOptions(), filter, Environment.ProcessorCount, cancellationToken);
        Console.Out.WriteLine("click_id,clicked_at,advertiser_id,campaign_id,ad_id,verdict,partition,revision,index");
        foreach (var c in clicks)
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{CsvText.Cell(c.ClickId)},{c.ClickedAt:yyyy-MM-dd'T'HH:mm:ss.fff'Z'},{CsvText.Cell(c.AdvertiserId)},{CsvText.Cell(c.CampaignId)},{CsvText.Cell(c.AdId)},{CsvText.Quoted(c.Verdict)},{c.Address.Partition},{c.Address.Revision},{c.Address.Index}"));
        }

        return clicks.Count > 0 ? Found : NotFound;
    }

    private static async Task<int> RunAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception e) when (e is EventLogUnavailableException or HttpRequestException or IOException or InvalidDataException or OperationCanceledException or RocksDbSharp.RocksDbException)
        {
            await Console.Error.WriteLineAsync($"adclicks: {e.Message}");
            return CouldNotFinish;
        }
    }

    private static (long FromMs, long ToMs)? Range(string? text)
    {
        foreach (var (format, length) in new[] { ("yyyy-MM-dd", TimeSpan.FromDays(1)), ("yyyy-MM-ddTHH", TimeSpan.FromHours(1)), ("yyyy-MM-ddTHH:mm", TimeSpan.FromMinutes(1)) })
        {
            if (!DateTimeOffset.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var from)) continue;
            return (from.ToUnixTimeMilliseconds(), (from + length).ToUnixTimeMilliseconds());
        }

        return null;
    }
}
