using System.CommandLine;
using Adclicks.Hosting;

namespace Adclicks.Commands;

/// <summary><c>adclicks up</c>: everything in one process.</summary>
internal static class UpCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var urls = CommonOptions.Urls();
        var postgres = CommonOptions.Postgres("default: Postgres:ConnectionString, else a private cluster below --data");
        var command = new Command("up", "Runs everything in one process: log, ingestion, projections, reports, dashboard") { data, urls, postgres };
        command.SetAction((parsed, cancellationToken) => Run.AllAsync(
            parsed.GetRequiredValue(data), parsed.GetRequiredValue(urls), parsed.GetValue(postgres), cancellationToken));
        return command;
    }
}
