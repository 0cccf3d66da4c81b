using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Adclicks.Backup;
using Adclicks.Domain.Access;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Hosting;
using Adclicks.Projections.Archive;
using Adclicks.Projections.Archive.Stores;
using Adclicks.Projections.Backup;
using Adclicks.Projections.Billing;
using Adclicks.Projections.Reconciliation;
using Adclicks.Reconcile;

namespace Adclicks.Commands;

/// <summary><c>adclicks backup</c>: all that an installation cannot be made again without.</summary>
internal static class BackupCommand
{
    private const int Done = 0, CouldNotFinish = 2;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var (data, url, key) = (CommonOptions.Data(), CommonOptions.Url(), CommonOptions.Key(Roles.Admin));
        var to = new Option<string>("--to") { Description = "A new folder, or s3://BUCKET/PREFIX", Required = true, HelpName = "PLACE" };
        var archive = new Option<string?>("--archive") { Description = "An archive: clicks that it has are left out of the backup", HelpName = "PLACE" };
        var log = new Option<DirectoryInfo?>("--log") { Description = "The folder of an embedded log, such as a copy (default: the log in use)", HelpName = "DIR" };
        var dayKeys = new Option<bool>("--with-day-keys") { Description = "Also the keys of addresses and user ids: days that are shredded later can then be read as long as there is this backup" };
        var command = new Command("backup", "Copies log, ledger, reference data, audit log, keys, secrets and settings; works while Adclicks runs. Keep it as safe as the keys: they are in it. Exit code 2: it could not be finished")
        { to, archive, dayKeys, log, data, url, key };
        command.SetAction((parsed, stop) => RunAsync(
            new DataDirectory(parsed.GetRequiredValue(data).FullName), parsed.GetValue(log), parsed.GetRequiredValue(to), parsed.GetValue(archive), parsed.GetValue(dayKeys),
            () => CommonOptions.ClientFor(parsed.GetRequiredValue(data), parsed.GetValue(url), parsed.GetValue(key), Roles.Admin), stop));
        return command;
    }

    private static async Task<int> RunAsync(DataDirectory directory, DirectoryInfo? folder, string to, string? archive, bool withDayKeys, Func<HttpClient> connect, CancellationToken cancellationToken)
    {
        try
        {
            if (!to.Contains("://", StringComparison.Ordinal)) Directory.CreateDirectory(to, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            using var store = ArchiveStores.Open(to, ArchiveLocation.Options().S3);
            if (await BackupIndex.ReadAsync(store, cancellationToken) is not null) throw new IOException($"There is a backup in {store.Location} already.");
            var createdAt = TimeProvider.System.GetUtcNow();
            await using var log = LogSource.Open(directory, folder);
            var (_, settings) = await ReferenceReplay.ReadAsync(log, cancellationToken);
            if (settings is null) throw new InvalidDataException("The log is empty: it was never started.");
            var (last, _) = await new LedgerStore(log).LastAsync(cancellationToken);
            using var archived = archive is null ? null : ArchiveLocation.Open(archive);
            var firsts = await FirstsAsync(log, settings.Partitions, archived, cancellationToken);
            var (streams, events) = await LogBackup.WriteAsync(log, firsts, store, cancellationToken);
            var files = await InstallationFiles.WriteAsync(directory, withDayKeys, store, cancellationToken);
            var checkpoints = await CheckpointsAsync(connect, store, cancellationToken);
            await new BackupIndex(1, createdAt, settings.Partitions, archived?.Location, last is { } head ? Convert.ToHexStringLower(head.Entry.Hash.Span) : null, streams, [.. events, .. files, .. checkpoints])
                .WriteAsync(store, cancellationToken);
            Console.Out.WriteLine($"{streams.Values.Sum(s => s.Last - s.First + 1):N0} events of {streams.Count} streams and {files.Count:N0} files in {store.Location}");
            if (archived is not null) Console.Out.WriteLine($"Clicks of closed hours are in {archived.Location}: keep both.");
            if (checkpoints.Count == 0) await Console.Error.WriteLineAsync("adclicks: no process answers: checkpoints are not noted down (they are only information).");
            return Done;
        }
        catch (Exception e) when (e is EventLogUnavailableException or IOException or InvalidDataException or FormatException or UnauthorizedAccessException or OperationCanceledException or RocksDbSharp.RocksDbException)
        {
            await Console.Error.WriteLineAsync($"adclicks: {e.Message}");
            return CouldNotFinish;
        }
    }

    private static async Task<IEnumerable<(string Stream, long First)>> FirstsAsync(IEventLog log, int partitions, IArchiveStore? archive, CancellationToken cancellationToken)
    {
        var archived = archive is null ? null : await ArchiveCoverage.ThroughAsync(log, archive, cancellationToken);
        return StreamNames.All(partitions).Select(s => (s, StreamNames.PartitionOf(s) is { } p && archived is not null ? archived[p] + 1 : 0));
    }

    /// <summary>How far the read models are: they are built again, and nothing is restored from it.</summary>
    private static async Task<IReadOnlyList<BackupFile>> CheckpointsAsync(Func<HttpClient> connect, IArchiveStore store, CancellationToken cancellationToken)
    {
        try
        {
            using var http = connect();
            var admin = new AdminClient(http);
            var (status, generations) = (await admin.GetAsync<JsonNode>("/admin/status", cancellationToken), await admin.GetAsync<JsonNode>("/admin/generations", cancellationToken));
            return [await BackupFile.WriteAsync(store, "checkpoints.json", JsonSerializer.SerializeToUtf8Bytes(new { status, generations }), cancellationToken)];
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            return [];
        }
    }
}
