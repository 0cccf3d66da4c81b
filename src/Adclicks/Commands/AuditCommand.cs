using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Adclicks.Admin;
using Adclicks.Domain.Audit;
using Adclicks.EventStore.Audit;

namespace Adclicks.Commands;

/// <summary><c>adclicks audit</c>: who did what.</summary>
internal static class AuditCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var from = TimeOption("--from", "Not earlier than");
        var to = TimeOption("--to", "Earlier than");
        var action = new Option<string?>("--action") { Description = "Only these: " + string.Join(", ", Enum.GetValues<AuditAction>().Select(AuditEntry.NameOf)), HelpName = "ACTION" };
        action.Validators.Add(given => { if (given.GetValueOrDefault<string?>() is { } name && AuditEntry.ActionOf(name) is null) given.AddError($"--action: there is no {name}."); });
        var limit = new Option<int>("--limit") { Description = "The latest N", DefaultValueFactory = _ => 100, HelpName = "N" };
        limit.Validators.Add(given => { if (given.GetValueOrDefault<int>() < 1) given.AddError("--limit must be at least 1."); });
        var json = new Option<bool>("--json") { Description = "One JSON object a line" };
        return AdminCommand.Create(
            "audit",
            "Shows who did what, the latest last: keys, reference data, rules, generations, exports, refused callers",
            (client, parsed, stop) => RunAsync(client, Path(parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(action)), parsed.GetValue(limit), parsed.GetValue(json), stop),
            from,
            to,
            action,
            limit,
            json);
    }

    private static async Task<int> RunAsync(AdminClient client, string path, int limit, bool json, CancellationToken cancellationToken)
    {
        var lines = new List<AuditLine>();
        for (string? before = ""; before is not null && lines.Count < limit;)
        {
            var page = (await client.GetAsync<AuditReport>($"{path}&limit={Math.Min(limit - lines.Count, AuditTrail.MaxPage)}&before={before}", cancellationToken))!;
            lines.AddRange(page.Entries);
            before = page.Next;
        }

        lines.Reverse();
        foreach (var line in lines) Console.Out.WriteLine(json ? JsonSerializer.Serialize(line) : Text(line));
        return 0;
    }

    private static string Text(AuditLine line)
    {
        var by = line.By.Length == 0 ? "nobody known" : line.By;
        var from = line.Network.Length == 0 ? "" : $" from {line.Network}";
        var unrecorded = line.Unrecorded == 0 ? "" : $" (and {line.Unrecorded:N0} before it)";
        return $"{line.At:yyyy-MM-ddTHH:mm:ss.fffZ}  {line.Action,-20} {line.Outcome,-9}  {by,-16} {line.Target} {line.Detail}".TrimEnd() + from + unrecorded;
    }

    private static string Path(DateTimeOffset? from, DateTimeOffset? to, string? action) =>
        $"/admin/audit?from={Escaped(from)}&to={Escaped(to)}&action={action}";

    private static string Escaped(DateTimeOffset? time) => time is { } t ? Uri.EscapeDataString(t.ToString("O", CultureInfo.InvariantCulture)) : "";

    private static Option<DateTimeOffset?> TimeOption(string name, string meaning) => new(name)
    {
        Description = $"{meaning} this time: 2026-11-24, 2026-11-24T14:00 (UTC)",
        HelpName = "TIME",
        CustomParser = given =>
        {
            var text = given.Tokens[0].Value;
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)) return time;
            given.AddError($"{name}: {text} is not a time like 2026-11-24 or 2026-11-24T14:00.");
            return null;
        },
    };
}
