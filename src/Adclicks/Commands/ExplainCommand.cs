using System.CommandLine;
using System.Globalization;
using Adclicks.Domain.Dedup;
using Adclicks.Domain.Text;
using Adclicks.EventStore;
using Adclicks.Hosting;
using Adclicks.Projections.Explanation;
using Adclicks.Projections.Reconciliation;
using Adclicks.Reconcile;

namespace Adclicks.Commands;

/// <summary><c>adclicks explain</c>: what became of clicks, and which clicks are behind a number. Reads the log itself.</summary>
internal static class ExplainCommand
{
    private const int Found = 0, NotFound = 1, CouldNotFinish = 2;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var log = new Option<DirectoryInfo?>("--log") { Description = "The folder of an embedded log, such as a copy (default: the log in use)", HelpName = "DIR" };
        var ids = new Argument<string[]>("CLICK_ID") { Description = "Event ids of clicks", Arity = ArgumentArity.ZeroOrMore };
        var file = new Option<FileInfo?>("--ids") { Description = "A file with ids, one a line: the log is replayed once for all of them", HelpName = "FILE" };
        var lines = new Option<bool>("--lines") { Description = "One click a line" };
        var bucket = new Option<string?>("--bucket") { Description = "List the clicks of a bucket instead, as CSV: 2026-11-24, 2026-11-24T14, 2026-11-24T14:05 (UTC)", HelpName = "TIME" };
        bucket.Validators.Add(given => { if (given.GetValueOrDefault<string?>() is { } text && Range(text) is null) given.AddError($"--bucket: {text} is not a day, an hour or a minute."); });
        var advertiser = new Option<string?>("--advertiser") { Description = "With --bucket: only of this one", HelpName = "ID" };
        var campaign = new Option<string?>("--campaign") { Description = "With --bucket: only of this one", HelpName = "ID" };
        var ad = new Option<string?>("--ad") { Description = "With --bucket: only of this one", HelpName = "ID" };
        var command = new Command("explain", "Says what became of a click and why, as JSON; or with --bucket which clicks are behind a number. Exit code 1: there is none; 2: it could not be finished")
        { ids, file, lines, bucket, advertiser, campaign, ad, log, data };
        command.SetAction((parsed, stop) => RunAsync(async () =>
        {
            await using var opened = LogSource.Open(new DataDirectory(parsed.GetRequiredValue(data).FullName), parsed.GetValue(log));
            if (Range(parsed.GetValue(bucket)) is { } range)
                return await ListAsync(opened, new BucketFilter(range.FromMs, range.ToMs, parsed.GetValue(advertiser), parsed.GetValue(campaign), parsed.GetValue(ad)), stop);
            string[] all = [.. parsed.GetValue(ids) ?? [], .. parsed.GetValue(file) is { } list ? (await File.ReadAllLinesAsync(list.FullName, stop)).Where(l => l.Length > 0) : []];
            return await ExplainAsync(opened, all, parsed.GetValue(lines), stop);
        }));
        return command;
    }

    private static async Task<int> ExplainAsync(IEventLog log, string[] ids, bool lines, CancellationToken cancellationToken)
    {
        var (reference, settings) = await ReferenceReplay.ReadAsync(log, cancellationToken);
        var addresses = await ClickFinder.FindAsync(log, Enumerable.Range(0, settings?.Partitions ?? 0), ids, Environment.ProcessorCount, cancellationToken);
        foreach (var explanation in await new ClickExplainer(log, reference, new DedupOptions()).ExplainAsync(addresses, Environment.ProcessorCount, cancellationToken))
            Console.Out.WriteLine(explanation.ToJson(indented: !lines));
        if (addresses.Count > 0) return Found;
        await Console.Error.WriteLineAsync("adclicks: there is no such click in the log.");
        return NotFound;
    }

    private static async Task<int> ListAsync(IEventLog log, BucketFilter filter, CancellationToken cancellationToken)
    {
        var (reference, settings) = await ReferenceReplay.ReadAsync(log, cancellationToken);
        var clicks = await BucketListing.ListAsync(log, settings?.Partitions ?? 0, reference, new DedupOptions(), filter, Environment.ProcessorCount, cancellationToken);
        Console.Out.WriteLine("click_id,clicked_at,advertiser_id,campaign_id,ad_id,verdict,partition,revision,index");
        foreach (var c in clicks)
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{CsvText.Quoted(c.ClickId)},{c.ClickedAt:yyyy-MM-dd'T'HH:mm:ss.fff'Z'},{CsvText.Quoted(c.AdvertiserId)},{CsvText.Quoted(c.CampaignId)},{CsvText.Quoted(c.AdId)},{CsvText.Quoted(c.Verdict)},{c.Address.Partition},{c.Address.Revision},{c.Address.Index}"));
        }

        return clicks.Count > 0 ? Found : NotFound;
    }

    private static async Task<int> RunAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception e) when (e is EventLogUnavailableException or IOException or InvalidDataException or OperationCanceledException or RocksDbSharp.RocksDbException)
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
