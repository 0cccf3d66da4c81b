using System.CommandLine;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.EventStore.EventStoreDb;
using Adclicks.EventStore.EventStoreDb.Connection;
using Adclicks.EventStore.EventStoreDb.Projections;
using Microsoft.Extensions.Logging.Abstractions;

namespace Adclicks.Commands;

/// <summary><c>adclicks projections …</c>: the projections that run inside EventStoreDB.</summary>
internal static class ProjectionsCommand
{
    private const int Done = 0, Refused = 1, CouldNotAsk = 2;

    private static readonly Argument<string> Name = new("NAME") { Description = "The projection" };

    private static readonly Option<string?> Connection = new("--connection")
    {
        Description = "The server (default: EventStore:ConnectionString)", HelpName = "ESDB", Recursive = true,
    };

    private static readonly Option<string?> Shard = new("--shard")
    {
        Description = "The cluster of EventStore:Shards to ask (default: the one with the reference data)", HelpName = "NAME", Recursive = true,
    };

    /// <summary>Makes the command.</summary>
    public static Command Create() => new("projections", "Manages the projections that run inside EventStoreDB")
    {
        Connection,
        Shard,
        Verb("list", "Shows them with their state and progress", (p, _, stop) => ListAsync(p, stop)),
        CreateVerb(),
        Verb("enable", "Starts one", (p, parsed, stop) => p.EnableAsync(parsed.GetRequiredValue(Name), stop), Name),
        Verb("disable", "Stops one where it is", (p, parsed, stop) => p.DisableAsync(parsed.GetRequiredValue(Name), stop), Name),
        StateVerb(),
        Verb("delete", "Deletes one that is stopped, with its state", (p, parsed, stop) => p.DeleteAsync(parsed.GetRequiredValue(Name), stop), Name),
        InstallAudit(),
    };

    private static Command CreateVerb()
    {
        var query = new Argument<FileInfo>("FILE") { Description = "Its query, in JavaScript" };
        var emit = new Option<bool>("--emit") { Description = "It may append events" };
        return Verb(
            "create",
            "Creates a continuous projection and starts it",
            async (p, parsed, stop) => await p.CreateAsync(
                parsed.GetRequiredValue(Name), await File.ReadAllTextAsync(parsed.GetRequiredValue(query).FullName, stop), parsed.GetValue(emit), stop),
            Name,
            query,
            emit);
    }

    private static Command StateVerb()
    {
        var partition = new Argument<string>("PARTITION") { Description = "Where it is partitioned: of which", DefaultValueFactory = _ => "" };
        return Verb(
            "state",
            "Shows its state as JSON",
            async (p, parsed, stop) => Console.Out.WriteLine(await p.StateAsync(parsed.GetRequiredValue(Name), parsed.GetValue(partition) ?? "", stop)),
            Name,
            partition);
    }

    /// <summary>On every cluster: each has a part of the clicks.</summary>
    private static Command InstallAudit()
    {
        var command = new Command("install-audit", $"Installs {AuditProjection.Name}, which counts clicks per hour and stream inside EventStoreDB");
        command.SetAction((parsed, stop) => AskAsync(parsed, async clusters =>
        {
            foreach (var (name, log) in Chosen(clusters, parsed.GetValue(Shard)))
                Console.Out.WriteLine($"{name}: {AuditProjection.Name} {(await AuditProjection.InstallAsync(log.Projections, stop) ? "installed" : "updated")}");
        }));
        return command;
    }

    private static Command Verb(
        string name, string description, Func<ProjectionClient, ParseResult, CancellationToken, Task> run, params Symbol[] symbols)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument) command.Add(argument);
            else command.Add((Option)symbol);
        }

        command.SetAction((parsed, stop) => AskAsync(
            parsed,
            clusters => run((parsed.GetValue(Shard) is null ? clusters.Home : Chosen(clusters, parsed.GetValue(Shard)).Single().Value).Projections, parsed, stop)));
        return command;
    }

    private static async Task ListAsync(ProjectionClient projections, CancellationToken cancellationToken)
    {
        foreach (var p in await projections.ListAsync(cancellationToken: cancellationToken))
            Console.Out.WriteLine($"{p.Name,-32} {p.Status,-16} {p.ProgressPercent,6:F1} %  {p.EventsProcessed,12:N0} events  {p.StateReason}");
    }

    private static IEnumerable<KeyValuePair<string, EventStoreDbLog>> Chosen(EventStoreDbClusters clusters, string? shard) =>
        shard is null
            ? clusters.All
            : clusters.All.TryGetValue(shard, out var log)
                ? [new(shard, log)]
                : throw new FormatException($"There is no shard '{shard}'; there are {string.Join(", ", clusters.All.Keys)}.");

    private static async Task<int> AskAsync(ParseResult parsed, Func<EventStoreDbClusters, Task> ask)
    {
        try
        {
            var configuration = Configuration(parsed.GetValue(Connection));
            if (!EventStoreDbClusters.IsConfigured(configuration))
                throw new FormatException("There is no EventStoreDB: give --connection, or set EventStore:ConnectionString. The embedded log runs no projections.");
            var clusters = EventStoreDbClusters.Open(
                configuration,
                configuration.GetValue("EventStore:Partitions", Partitioner.DefaultCount),
                new EventStoreDbOptions(),
                TimeProvider.System,
                NullLoggerFactory.Instance);
            await using var log = clusters.Log;
            await ask(clusters);
            return Done;
        }
        catch (Exception e) when (e is EventStoreDbException or EventLogUnavailableException or FormatException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"adclicks: {e.Message}");
            return e is EventStoreDbException ? Refused : CouldNotAsk;
        }
    }

    private static IConfiguration Configuration(string? connection)
    {
        var builder = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
            .AddEnvironmentVariables();
        if (connection is not null)
            builder.AddInMemoryCollection([new("EventStore:ConnectionString", connection)]);
        return builder.Build();
    }
}
