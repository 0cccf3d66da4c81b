using System.CommandLine;
using Adclicks.Domain.Access;
using Adclicks.Domain.Billing.Statements;

namespace Adclicks.Commands;

/// <summary><c>adclicks statement</c>: what an advertiser is billed for a month.</summary>
internal static class StatementCommand
{
    private const int Final = 0, NotFinal = 1, NoAnswer = 2;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var (data, url, key) = (CommonOptions.Data(), CommonOptions.Url(), CommonOptions.Key(Roles.Analyst));
        var advertiser = new Option<string>("--advertiser") { Description = "Whose; \"\" for clicks whose advertiser is not known", Required = true, HelpName = "ID" };
        var month = new Option<string>("--month") { Description = "The month, UTC", Required = true, HelpName = "2026-11" };
        month.Validators.Add(given => { if (!BillingMonth.TryParse(given.GetValueOrDefault<string>(), out _)) given.AddError("--month must be like 2026-11."); });
        var format = new Option<string>("--format") { Description = "csv, json or html (to be printed)", DefaultValueFactory = _ => "csv", HelpName = "FORMAT" };
        format.AcceptOnlyFromAmong("csv", "json", "html");
        var command = new Command("statement", "Writes what an advertiser is billed for a month to the standard output. Exit code 1: the month is not closed yet")
        { advertiser, month, format, data, url, key };
        command.SetAction((parsed, stop) => RunAsync(
            () => CommonOptions.ClientFor(parsed.GetRequiredValue(data), parsed.GetValue(url), parsed.GetValue(key), Roles.Analyst),
            parsed.GetRequiredValue(advertiser), parsed.GetRequiredValue(month), parsed.GetRequiredValue(format), stop));
        return command;
    }

    private static async Task<int> RunAsync(Func<HttpClient> connect, string advertiser, string month, string format, CancellationToken cancellationToken)
    {
        try
        {
            using var http = connect();
            var path = $"/billing/statements?advertiser_id={Uri.EscapeDataString(advertiser)}&month={month}&format={format}";
            using var response = await http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            if (!response.IsSuccessStatusCode) throw new HttpRequestException($"{http.BaseAddress} answers {(int)response.StatusCode}: {System.Text.Encoding.UTF8.GetString(body)}");
            await using var output = Console.OpenStandardOutput();
            await output.WriteAsync(body, cancellationToken);
            if (response.Headers.TryGetValues("X-Statement-Final", out var final) && final.Contains("true")) return Final;
            await Console.Error.WriteLineAsync($"adclicks: {month} is not closed yet: this is what there is so far.");
            return NotFinal;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"adclicks: {e.Message}");
            return NoAnswer;
        }
    }
}
