using System.CommandLine;
using Adclicks.Domain.Access;
using Adclicks.Import;

namespace Adclicks.Commands;

/// <summary><c>adclicks import FILE</c>: sends the clicks of a file through the HTTP API.</summary>
internal static class ImportCommand
{
    private const int Complete = 0, SomeRejected = 1, NotFinished = 2;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The file; - for the standard input" };
        var format = new Option<string>("--format") { Description = "combined (Apache access log), ndjson or csv (with a header)", Required = true, HelpName = "FORMAT" };
        format.AcceptOnlyFromAmong("combined", "ndjson", "csv");
        var map = new Option<string?>("--map") { Description = "Names of the file's columns: column=field,column=field", HelpName = "MAP" };
        var data = CommonOptions.Data();
        var url = CommonOptions.Url();
        var key = CommonOptions.Key(Roles.Ingest);
        var batch = new Option<int>("--batch") { Description = $"Clicks per request, 1 to {Importer.MaxBatchSize:N0}", DefaultValueFactory = _ => Importer.MaxBatchSize };
        batch.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<int>() is < 1 or > Importer.MaxBatchSize) r.AddError($"--batch must be 1 to {Importer.MaxBatchSize:N0}.");
        });
        var retryFor = new Option<int>("--retry-for") { Description = "Seconds to go on trying while the server is away or busy", DefaultValueFactory = _ => 60 };
        var rejects = new Option<FileInfo?>("--rejects") { Description = "Where to write all rejected lines: number, tab, reason", HelpName = "FILE" };
        var command = new Command("import", "Sends the clicks of a file. Exit code 1: lines were rejected; 2: it could not be finished (run it again)")
        {
            file, format, map, url, key, data, batch, retryFor, rejects,
        };
        command.SetAction((parsed, cancellationToken) => ImportAsync(
            parsed.GetRequiredValue(file),
            () => FormatOf(parsed.GetRequiredValue(format), ColumnMap.Parse(parsed.GetValue(map))),
            () => CommonOptions.ClientFor(parsed.GetRequiredValue(data), parsed.GetValue(url), parsed.GetValue(key), Roles.Ingest),
            parsed.GetValue(batch),
            TimeSpan.FromSeconds(parsed.GetValue(retryFor)),
            parsed.GetValue(rejects),
            cancellationToken));
        return command;
    }

    private static IRecordFormat FormatOf(string name, ColumnMap map) => name switch
    {
        "combined" => new CombinedFormat(),
        "ndjson" => new NdjsonFormat(map),
        _ => new CsvFormat(map),
    };

    private static async Task<int> ImportAsync(
        FileInfo file, Func<IRecordFormat> format, Func<HttpClient> connect, int batchSize, TimeSpan retryFor, FileInfo? rejectsFile, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        var start = time.GetTimestamp();
        StreamWriter? rejects = null;
        ImportSummary? summary = null;
        try
        {
            using var client = connect();
            await using var stream = file.Name == "-" ? Console.OpenStandardInput() : file.OpenRead();
            rejects = rejectsFile?.CreateText();
            summary = new ImportSummary(rejects);
            var sender = new BatchSender(client, time, retryFor);
            var importer = new Importer(format(), sender, batchSize);
            var length = stream.CanSeek ? stream.Length : 0;
            await ImportProgress.ShowAsync(file.Name, length, summary, time, progress => importer.RunAsync(stream, summary, progress, cancellationToken));
            Show(summary, sender, time.GetElapsedTime(start));
            return summary.Rejected == 0 ? Complete : SomeRejected;
        }
        catch (Exception e) when (e is ImportException or IOException or UnauthorizedAccessException or InvalidDataException or FormatException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"adclicks: the import could not be finished: {e.Message}");
            if (summary is not null) await Console.Error.WriteLineAsync($"{summary.Accepted:N0} clicks were accepted; running it again goes on without counting them twice.");
            return NotFinished;
        }
        finally
        {
            if (rejects is not null) await rejects.DisposeAsync();
        }
    }

    private static void Show(ImportSummary summary, BatchSender sender, TimeSpan elapsed)
    {
        var retries = sender.Retries == 0 ? "" : $", {sender.Retries:N0} batches sent again";
        Console.Out.WriteLine($"{summary.Accepted:N0} accepted, {summary.Rejected:N0} rejected{retries}, in {elapsed.TotalSeconds:F1} s ({summary.Accepted / elapsed.TotalSeconds:N0} clicks/s)");
        foreach (var (line, reason) in summary.Shown) Console.Out.WriteLine($"  line {line}: {reason}");
        if (summary.Rejected > ImportSummary.MaxShown) Console.Out.WriteLine($"  and {summary.Rejected - ImportSummary.MaxShown:N0} more; --rejects FILE writes all of them");
    }
}
