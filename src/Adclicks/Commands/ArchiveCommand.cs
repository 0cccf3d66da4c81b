using System.CommandLine;
using Adclicks.Admin;
using Adclicks.Domain.Access;
using Adclicks.EventStore;
using Adclicks.Hosting;
using Adclicks.Projections.Archive;
using Adclicks.Projections.Reconciliation;
using Adclicks.Reconcile;

namespace Adclicks.Commands;

/// <summary><c>adclicks archive</c>: the clicks of closed hours as Parquet files.</summary>
internal static class ArchiveCommand
{
    private const int Done = 0, CouldNotFinish = 2;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var to = new Option<string?>("--to") { Description = "A folder, or s3://BUCKET/PREFIX (default: the setting Archive:To)", HelpName = "PLACE" };
        var log = new Option<DirectoryInfo?>("--log") { Description = "The folder of an embedded log, such as a copy (default: the log in use)", HelpName = "DIR" };
        var keep = new Option<int?>("--keep-log-days") { Description = "Then have the running process take from the log what is archived, at its Archive:To, and was received longer ago than N days", HelpName = "N" };
        keep.Validators.Add(given => { if (given.GetValueOrDefault<int?>() is < 0 or > ArchiveOptions.MaxKeepLogDays) given.AddError($"--keep-log-days must be from 0 to {ArchiveOptions.MaxKeepLogDays}."); });
        var (url, key) = (CommonOptions.Url(), CommonOptions.Key(Roles.Admin));
        var command = new Command("archive", "Copies the clicks of closed hours to Parquet files, verifies them and names them in a chained manifest; run again, it goes on. Exit code 2: it could not be finished")
        { to, keep, log, data, url, key };
        command.SetAction(async (parsed, stop) =>
        {
            var archived = await RunAsync(new DataDirectory(parsed.GetRequiredValue(data).FullName), parsed.GetValue(log), parsed.GetValue(to), stop);
            if (archived != Done || parsed.GetValue(keep) is not { } days) return archived;
            return await AdminCommand.AskAsync(
                () => CommonOptions.ClientFor(parsed.GetRequiredValue(data), parsed.GetValue(url), parsed.GetValue(key), Roles.Admin), client => TrimAsync(client, parsed.GetValue(to), days, stop), stop);
        });
        return command;
    }

    /// <summary>The process knows what is not counted yet, and writes the log.</summary>
    private static async Task<int> TrimAsync(AdminClient client, string? to, int days, CancellationToken cancellationToken)
    {
        using var store = ArchiveLocation.Open(to);
        var (streams, events, isDone) = (new SortedDictionary<string, long>(StringComparer.Ordinal), 0L, false);
        for (var went = 1L; went > 0 && !isDone; events += went)
        {
            var trim = (await client.PostAsync<TrimReport>("/admin/archive/trim", new TrimRequest(store.Location, days), cancellationToken))!;
            foreach (var stream in trim.Streams) streams[stream.Stream] = stream.Before;
            (went, isDone) = (trim.Events, trim.IsDone);
        }

        Console.Out.WriteLine(events == 0 ? "Nothing is taken from the log." : $"{events:N0} events are taken from the log; the archive has them.");
        foreach (var (stream, before) in streams) Console.Out.WriteLine($"  {stream}  begins with revision {before:N0}");
        if (!isDone) Console.Out.WriteLine("There are archived events that a generation has not counted: see adclicks status and adclicks generations list.");
        return Done;
    }

    private static async Task<int> RunAsync(DataDirectory directory, DirectoryInfo? folder, string? to, CancellationToken cancellationToken)
    {
        try
        {
            using var store = ArchiveLocation.Open(to, create: true);
            await using var log = LogSource.OpenWhole(directory, folder, to);
            var (reference, settings) = await ReferenceReplay.ReadAsync(log, cancellationToken);
            if (settings is null) throw new InvalidDataException("The log is empty: it was never started.");
            var time = TimeProvider.System;
            var start = time.GetTimestamp();
            var (entries, clicks, bytes) = (0, 0L, 0L);
            await new Archiver(log, settings.Partitions, reference, store, ArchiveLocation.Options()).RunAsync(
                line =>
                {
                    if (line.IsClicks) (entries, clicks) = (entries + 1, clicks + line.Rows);
                    bytes += line.Bytes;
                    if (!Console.IsErrorRedirected) Console.Error.Write($"\r{line.Hour}: {clicks:N0} clicks ");
                },
                cancellationToken);
            if (!Console.IsErrorRedirected) await Console.Error.WriteLineAsync();
            var seconds = Math.Max(0.001, time.GetElapsedTime(start).TotalSeconds);
            Console.Out.WriteLine(entries == 0 ? "Nothing new is closed." : $"{entries:N0} entries with {clicks:N0} clicks in {seconds:F1} s ({clicks / seconds:N0} clicks/s), {bytes:N0} bytes ({(double)bytes / Math.Max(1, clicks):F0} per click)");
            return Done;
        }
        catch (Exception e) when (e is EventLogUnavailableException or IOException or InvalidDataException or FormatException or UnauthorizedAccessException or OperationCanceledException or RocksDbSharp.RocksDbException)
        {
            await Console.Error.WriteLineAsync($"adclicks: {e.Message}");
            return CouldNotFinish;
        }
    }
}
