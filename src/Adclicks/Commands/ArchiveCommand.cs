using System.CommandLine;
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
        var command = new Command("archive", "Copies the clicks of closed hours to Parquet files, verifies them and names them in a chained manifest; run again, it goes on. Exit code 2: it could not be finished")
        { to, log, data };
        command.SetAction((parsed, stop) => RunAsync(new DataDirectory(parsed.GetRequiredValue(data).FullName), parsed.GetValue(log), parsed.GetValue(to), stop));
        return command;
    }

    private static async Task<int> RunAsync(DataDirectory directory, DirectoryInfo? folder, string? to, CancellationToken cancellationToken)
    {
        try
        {
            using var store = ArchiveLocation.Open(to, create: true);
            await using var log = LogSource.Open(directory, folder);
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
