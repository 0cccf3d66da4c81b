using Adclicks.Admin;
using Adclicks.Domain.Access;
using Adclicks.Domain.Audit;
using Adclicks.EventStore;
using Adclicks.EventStore.Audit;
using Adclicks.EventStore.Embedded;
using Adclicks.EventStore.EventStoreDb;
using Adclicks.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Adclicks.Commands;

/// <summary>
/// Records what a tool is about to do to the data directory itself: by the process that runs on it, where there is one, else
/// in the log.
/// </summary>
internal static class CommandLineAudit
{
    /// <summary>Returns when it is on the audit log.</summary>
    /// <exception cref="EventLogUnavailableException">It is not, and must not be done.</exception>
    /// <exception cref="HttpRequestException">The running process refuses.</exception>
    /// <exception cref="IOException">There is no admin key to ask the running process with.</exception>
    public static async Task RecordAsync(DirectoryInfo data, AuditAction action, string target, CancellationToken cancellationToken)
    {
        var directory = new DataDirectory(data.FullName);
        if (directory.ReadAddress() is not null && await AskAsync(data, new AuditRequest(AuditEntry.NameOf(action), target), cancellationToken)) return;
        Directory.CreateDirectory(directory.Root);
        await using var log = OpenLog(directory);
        var audit = new AuditLog(log, TimeProvider.System, NullLogger<AuditLog>.Instance);
        await audit.RecordAsync(new AuditEntry(action, target, AuditActor.CommandLine, AuditOutcome.Started, ""), cancellationToken);
    }

    /// <summary>False where nobody answers: the process has ended.</summary>
    private static async Task<bool> AskAsync(DirectoryInfo data, AuditRequest request, CancellationToken cancellationToken)
    {
        try
        {
            using var http = CommonOptions.ClientFor(data, null, null, Roles.Admin);
            await new AdminClient(http).PostAsync<AuditRequest>("/admin/audit", request, cancellationToken);
            return true;
        }
        catch (HttpRequestException e) when (e.StatusCode is null)
        {
            return false;
        }
    }

    private static IEventLog OpenLog(DataDirectory directory)
    {
        var configuration = new ConfigurationBuilder().AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true).AddEnvironmentVariables().Build();
        return EventStoreDbClusters.IsConfigured(configuration)
            ? new ServiceCollection().AddLogging().AddEventStore(configuration).BuildServiceProvider().GetRequiredService<IEventLog>()
            : EmbeddedEventLog.Open(Path.Combine(directory.Root, "log"));
    }
}
