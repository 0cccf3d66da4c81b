using System.CommandLine;
using Adclicks.Commands;
using Adclicks.Hosting;

// What a process does is put together in Hosting/AppHost; each command is a file in Commands.
var commands = new RootCommand("An ad click aggregator that advertisers are billed from")
{
    UpCommand.Create(),
    RoleCommand.Create("ingest", HostRoles.Ingest, "Runs ingestion alone: takes clicks in over HTTP"),
    RoleCommand.Create("project", HostRoles.Project, "Runs projections alone: keeps the read models up to date"),
    RoleCommand.Create("serve", HostRoles.Serve, "Runs the read side alone: reports and dashboard"),
    StatusCommand.Create(),
    ImportCommand.Create(),
    LoadCommand.Create(),
    ReferenceCommand.Create(),
    UrlKeysCommand.Create(),
    SignUrlCommand.Create(),
    ProjectionsCommand.Create(),
    DeadLettersCommand.Create(),
    GenerationsCommand.Create(),
    RebuildCommand.Create(),
    BillingCommand.Create(),
    ReconcileCommand.Create(),
    StatementCommand.Create(),
    ExplainCommand.Create(),
    ArchiveCommand.Create(),
    PrivacyCommand.Create(),
    BackupCommand.Create(),
    RestoreCommand.Create(),
    AuditCommand.Create(),
    KeysCommand.Create(),
};

return await commands.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
