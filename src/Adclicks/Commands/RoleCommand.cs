using System.CommandLine;
using Adclicks.Hosting;

namespace Adclicks.Commands;

/// <summary><c>adclicks ingest|project|serve</c>: one role, to run several processes of each.</summary>
internal static class RoleCommand
{
    /// <summary>Makes the command of a role.</summary>
    public static Command Create(string name, HostRoles role, string description)
    {
        var data = CommonOptions.Data();
        var urls = CommonOptions.Urls();
        var postgres = CommonOptions.Postgres("default: Postgres:ConnectionString");
        var command = new Command(name, description + "; needs EventStore:ConnectionString and PostgreSQL") { data, urls, postgres };
        command.SetAction((parsed, cancellationToken) => Run.RolesAsync(
            role, parsed.GetRequiredValue(data), parsed.GetRequiredValue(urls), parsed.GetValue(postgres), cancellationToken));
        return command;
    }
}
