using System.CommandLine;
using System.Text.Json;
using Adclicks.Domain.Access;

namespace Adclicks.Commands;

/// <summary>What commands that ask a running process over its admin endpoints have in common.</summary>
internal static class AdminCommand
{
    /// <summary>It could not be asked, or could not finish.</summary>
    public const int CouldNotFinish = 2;

    /// <summary>A command with the options to find the process; what goes wrong on the way to it ends in exit code 2.</summary>
    public static Command Create(string name, string description, Func<AdminClient, ParseResult, CancellationToken, Task<int>> run, params Symbol[] symbols)
    {
        var data = CommonOptions.Data();
        var url = CommonOptions.Url();
        var key = CommonOptions.Key(Roles.Admin);
        var command = new Command(name, description) { data, url, key };
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument) command.Add(argument);
            else command.Add((Option)symbol);
        }

        command.SetAction((parsed, cancellationToken) => AskAsync(
            () => CommonOptions.ClientFor(parsed.GetRequiredValue(data), parsed.GetValue(url), parsed.GetValue(key), Roles.Admin),
            client => run(client, parsed, cancellationToken),
            cancellationToken));
        return command;
    }

    /// <summary>Asks; what goes wrong on the way ends in exit code 2.</summary>
    public static async Task<int> AskAsync(Func<HttpClient> connect, Func<AdminClient, Task<int>> run, CancellationToken cancellationToken)
    {
        try
        {
            using var http = connect();
            return await run(new AdminClient(http));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("adclicks: stopped.");
            return CouldNotFinish;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or InvalidDataException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"adclicks: {e.Message}");
            return CouldNotFinish;
        }
    }
}
