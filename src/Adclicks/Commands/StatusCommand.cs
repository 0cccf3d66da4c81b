using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Adclicks.Admin;
using Adclicks.Domain.Access;

namespace Adclicks.Commands;

/// <summary><c>adclicks status</c>: asks a running process how far it is.</summary>
internal static class StatusCommand
{
    private const int Fine = 0, NoAnswer = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var url = CommonOptions.Url();
        var key = CommonOptions.Key(Roles.Admin);
        var json = new Option<bool>("--json") { Description = "The whole answer, as JSON" };
        var command = new Command("status", "Shows clicks logged and projected, lag, dead letters, generation and freshness") { data, url, key, json };
        command.SetAction((parsed, cancellationToken) => ShowAsync(
            () => CommonOptions.ClientFor(parsed.GetRequiredValue(data), parsed.GetValue(url), parsed.GetValue(key), Roles.Admin),
            parsed.GetValue(json),
            cancellationToken));
        return command;
    }

    private static async Task<int> ShowAsync(Func<HttpClient> connect, bool json, CancellationToken cancellationToken)
    {
        try
        {
            using var client = connect();
            client.Timeout = Patience;
            using var response = await client.GetAsync(new Uri("/admin/status", UriKind.Relative), cancellationToken);
            if (!response.IsSuccessStatusCode) throw new HttpRequestException($"{client.BaseAddress} answers {(int)response.StatusCode}.");
            if (json) Console.Out.WriteLine(await response.Content.ReadAsStringAsync(cancellationToken));
            else Show((await response.Content.ReadFromJsonAsync<StatusReport>(cancellationToken))!, TimeProvider.System.GetUtcNow());
            return Fine;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or InvalidDataException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"adclicks: {e.Message}");
            return NoAnswer;
        }
    }

    private static void Show(StatusReport status, DateTimeOffset now)
    {
        var fresh = status.FreshUntil is { } until ? $"{until:yyyy-MM-ddTHH:mm:ss.fffZ} ({Math.Max(0, (now - until).TotalSeconds):F1} s ago)" : "not known yet";
        Console.Out.WriteLine($"""
            clicks logged     {(status.ClicksLoggedIsMinimum ? "at least " : "")}{status.ClicksLogged:N0}
            clicks projected  {status.ClicksProjected:N0}
            behind            {status.EventsBehind:N0} events, {(status.ClicksLoggedIsMinimum ? "at least " : "")}{status.ClicksBehind:N0} clicks, {Seconds(status.LagSeconds)} s
            dead letters      {status.DeadLetters:N0}
            unknown events    {status.UnknownEvents:N0}
            generation        {status.Generation?.ToString() ?? "none yet"}
            fresh until       {fresh}
            """);
        var behind = status.Partitions.Where(p => p.Lag > 0).ToList();
        Console.Out.WriteLine(behind.Count == 0 ? $"partitions        {status.Partitions.Count}, none behind" : "partition  lane  projected  last in log  events behind  clicks behind  seconds");
        foreach (var p in behind) Console.Out.WriteLine($"{p.Partition,9}  {p.Lane,4}  {p.Revision,9}  {p.LastRevision,11}  {p.Lag,13:N0}  {p.ClicksBehind,13:N0}  {Seconds(p.LagSeconds),7}");
    }

    private static string Seconds(double? seconds) => seconds?.ToString("F1", CultureInfo.InvariantCulture) ?? "?";
}
