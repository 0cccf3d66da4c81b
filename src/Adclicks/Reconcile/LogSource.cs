using Adclicks.EventStore;
using Adclicks.EventStore.Embedded;
using Adclicks.EventStore.EventStoreDb;
using Adclicks.Hosting;
using Adclicks.Projections.Archive;

namespace Adclicks.Reconcile;

/// <summary>Opens the log to be read by a tool, also while a process writes it.</summary>
internal static class LogSource
{
    private const int Tries = 3;

    /// <summary>A folder with an embedded log, else EventStoreDB where it is configured, else the log in the data directory.</summary>
    /// <exception cref="EventLogUnavailableException">There is none.</exception>
    public static IEventLog Open(DataDirectory directory, DirectoryInfo? folder)
    {
        var configuration = ToolConfiguration.Load();
        if (folder is null && EventStoreDbClusters.IsConfigured(configuration))
            return new ServiceCollection().AddLogging().AddEventStore(configuration).BuildServiceProvider().GetRequiredService<IEventLog>();
        return OpenEmbedded(folder?.FullName ?? EmbeddedIn(directory));
    }

    /// <summary>Like <see cref="Open"/>; null where none was given or configured and the data directory has none.</summary>
    /// <exception cref="EventLogUnavailableException">There is one, and it cannot be opened.</exception>
    public static IEventLog? OpenIfAny(DataDirectory directory, DirectoryInfo? folder) =>
        folder is null && !EventStoreDbClusters.IsConfigured(ToolConfiguration.Load()) && !Directory.Exists(EmbeddedIn(directory)) ? null : Open(directory, folder);

    /// <summary>Like <see cref="Open"/>, from the first event on: what the log no longer has is read from an archive.</summary>
    /// <param name="directory">The data directory; where it is not there, copies of archives are made among temporary files.</param>
    /// <param name="folder">The folder of an embedded log.</param>
    /// <param name="archive">The archive, where <c>Archive:To</c> does not say.</param>
    /// <exception cref="EventLogUnavailableException">There is no log.</exception>
    public static WholeLog OpenWhole(DataDirectory directory, DirectoryInfo? folder, string? archive = null)
    {
        var options = ArchiveLocation.Options();
        if (options.To is not { Length: > 0 }) options.To = archive;
        return new WholeLog(Open(directory, folder), new ArchiveCopies(options, Directory.Exists(directory.Root) ? directory.Root : Path.GetTempPath(), TimeProvider.System), isOwner: true);
    }

    private static string EmbeddedIn(DataDirectory directory) => Path.Combine(directory.Root, "log");

    /// <summary>Files may go while they are being listed: the writer merges them now and then.</summary>
    private static EmbeddedEventLog OpenEmbedded(string folder)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return EmbeddedEventLog.OpenReadOnly(folder);
            }
            catch (EventLogUnavailableException) when (attempt < Tries && Directory.Exists(folder))
            {
                Thread.Sleep(200);
            }
        }
    }
}
