using System.CommandLine;
using Adclicks.Backup;
using Adclicks.EventStore;
using Adclicks.EventStore.Embedded;
using Adclicks.Hosting;
using Adclicks.Projections.Archive;
using Adclicks.Projections.Archive.Stores;
using Adclicks.Projections.Backup;
using Adclicks.Reconcile;

namespace Adclicks.Commands;

/// <summary><c>adclicks restore</c>: makes the embedded log again, from an archive, a backup, or both.</summary>
internal static class RestoreCommand
{
    private const int Done = 0, CouldNotFinish = 2;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var from = new Option<string?>("--from") { Description = "A backup: a folder, or s3://BUCKET/PREFIX", HelpName = "PLACE" };
        var archive = new Option<string?>("--archive") { Description = "An archive: alone it gives the log up to the last close in it; with a backup, the clicks the backup leaves out", HelpName = "PLACE" };
        var command = new Command("restore", "Makes the embedded log of a data directory again, and with a backup the keys and secrets that are not there. There must be no log and no private PostgreSQL in it. Exit code 2: it could not be finished")
        { from, archive, data };
        command.Validators.Add(given =>
        {
            if (given.GetValue(from) is null && given.GetValue(archive) is null) given.AddError("--from or --archive is needed.");
        });
        command.SetAction((parsed, stop) => RunAsync(new DataDirectory(parsed.GetRequiredValue(data).FullName), parsed.GetValue(from), parsed.GetValue(archive), stop));
        return command;
    }

    private static async Task<int> RunAsync(DataDirectory directory, string? from, string? archive, CancellationToken cancellationToken)
    {
        try
        {
            using var held = directory.TryLock() ?? throw new IOException($"{directory.Root} is in use by another adclicks.");
            if (Directory.Exists(directory.Postgres)) throw new IOException($"{directory.Postgres} has the read models of the log that was: remove it first. They are built again.");
            using var backup = from is null ? null : ArchiveLocation.Open(from);
            var index = backup is null ? null : await BackupIndex.ReadAsync(backup, cancellationToken) ?? throw new InvalidDataException($"There is no backup in {backup.Location}, or none that was finished.");
            if (index?.Archive is { } needed && archive is null) throw new InvalidDataException($"The backup leaves out clicks that are in {needed}: give --archive.");
            using var writer = EmbeddedLogWriter.Create(Path.Combine(directory.Root, "log"));
            if (archive is not null) await AddArchiveAsync(writer, archive, cancellationToken);
            if (index is not null) await AddBackupAsync(writer, index, backup!, cancellationToken);
            Console.Out.WriteLine($"{writer.Complete():N0} events in {Path.Combine(directory.Root, "log")}");
            foreach (var kept in index is null ? [] : await InstallationFiles.RestoreAsync(index, backup!, directory, cancellationToken))
                await Console.Error.WriteLineAsync($"adclicks: {kept} is there already and differs from the backup's: it is left as it is.");
            Console.Out.WriteLine($"Reports are built again by: adclicks up --data {directory.Root}");
            return Done;
        }
        catch (Exception e) when (e is EventLogUnavailableException or IOException or InvalidDataException or FormatException or UnauthorizedAccessException or OperationCanceledException or RocksDbSharp.RocksDbException)
        {
            await Console.Error.WriteLineAsync($"adclicks: {e.Message}");
            return CouldNotFinish;
        }
    }

    private static async Task AddArchiveAsync(EmbeddedLogWriter writer, string archive, CancellationToken cancellationToken)
    {
        using var store = ArchiveLocation.Open(archive);
        await foreach (var recorded in new ArchiveReader(store, ArchiveLocation.Options().ClicksAtOnce).ReadAsync(cancellationToken)) writer.Add(recorded);
        writer.CheckWhole();
    }

    /// <summary>What the archive gave is not added again.</summary>
    private static async Task AddBackupAsync(EmbeddedLogWriter writer, BackupIndex index, IArchiveStore store, CancellationToken cancellationToken)
    {
        await foreach (var recorded in LogBackup.ReadAsync(index, store, cancellationToken))
        {
            if (recorded.Revision > writer.LastRevisionOf(recorded.Stream)) writer.Add(recorded);
        }
    }
}
