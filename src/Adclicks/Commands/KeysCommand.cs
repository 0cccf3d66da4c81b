using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Adclicks.Access.Keys;
using Adclicks.Admin;
using Adclicks.Domain.Access;

namespace Adclicks.Commands;

/// <summary><c>adclicks keys create|list|revoke</c>: managed API keys.</summary>
internal static class KeysCommand
{
    private const int Done = 0, NotThere = 1;

    /// <summary>Makes the command.</summary>
    public static Command Create() => new("keys", "API keys: made, listed, revoked; at once on every node") { CreateKey(), List(), Revoke() };

    private static Command CreateKey()
    {
        var role = new Option<string>("--role") { Description = "What its holder may: " + string.Join(", ", Roles.All), Required = true, HelpName = "ROLE" };
        role.AcceptOnlyFromAmong([.. Roles.All]);
        var advertiser = new Option<string?>("--advertiser") { Description = "With --role advertiser: whose clicks it sees", HelpName = "ID" };
        var publisher = new Option<string?>("--publisher") { Description = "With --role publisher: whose clicks it sees", HelpName = "ID" };
        var name = new Option<string?>("--name") { Description = "What to call it (default: role and id)", HelpName = "NAME" };
        var expires = new Option<DateTimeOffset?>("--expires") { Description = "Until when it is good: 90d, 12h, 2027-01-31 (UTC); default: until revoked", HelpName = "WHEN", CustomParser = ReadExpiry };
        var command = AdminCommand.Create(
            "create",
            "Makes a key and shows it, once, on the standard output",
            (client, parsed, stop) => CreateAsync(client, Wanted(parsed.GetRequiredValue(role), parsed.GetValue(name), parsed.GetValue(advertiser), parsed.GetValue(publisher), parsed.GetValue(expires)), stop),
            role,
            advertiser,
            publisher,
            name,
            expires);
        command.Validators.Add(given =>
        {
            foreach (var (option, belongsTo) in new[] { (advertiser, Roles.Advertiser), (publisher, Roles.Publisher) })
            {
                if (given.GetValue(role) == belongsTo != given.GetValue(option) is not null) given.AddError($"--role {belongsTo} and {option.Name} ID go together.");
            }
        });
        return command;
    }

    private static Command List()
    {
        var all = new Option<bool>("--all") { Description = "Those that are revoked or expired too" };
        var json = new Option<bool>("--json") { Description = "As JSON" };
        return AdminCommand.Create("list", "Shows them, without the keys themselves", (client, parsed, stop) => ListAsync(client, parsed.GetValue(all), parsed.GetValue(json), stop), all, json);
    }

    private static Command Revoke()
    {
        var id = new Argument<string>("ID") { Description = "The key's id: the part between the underscores" };
        return AdminCommand.Create("revoke", "Makes a key useless, at once and for good. Exit code 1: there is none", async (client, parsed, stop) =>
        {
            if (await client.DeleteAsync($"/admin/keys/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}", stop)) return Done;
            await Console.Error.WriteLineAsync("adclicks: there is no such key.");
            return NotThere;
        }, id);
    }

    private static NewKey Wanted(string role, string? name, string? advertiser, string? publisher, DateTimeOffset? expires) =>
        new(name ?? $"{role} {advertiser ?? publisher}".TrimEnd(), role, advertiser, publisher, expires);

    private static async Task<int> CreateAsync(AdminClient client, NewKey wanted, CancellationToken cancellationToken)
    {
        var made = (await client.PostAsync<KeyReport>("/admin/keys", wanted, cancellationToken))!;
        Console.Out.WriteLine(made.Key);
        await Console.Error.WriteLineAsync($"Key {made.Id} for {made.Name}, {(made.ExpiresAt is { } end ? $"good until {Time(end)}" : "good until revoked")}. It is not shown again.");
        return Done;
    }

    private static async Task<int> ListAsync(AdminClient client, bool all, bool json, CancellationToken cancellationToken)
    {
        var keys = (await client.GetAsync<List<KeyReport>>("/admin/keys", cancellationToken))!.Where(k => all || k.State == "good").ToList();
        if (json) Console.Out.WriteLine(JsonSerializer.Serialize(keys));
        else if (keys.Count == 0) Console.Out.WriteLine("There are no managed keys.");
        else
        {
            foreach (var k in keys)
                Console.Out.WriteLine($"{k.Id}  {k.State,-7}  {k.Role,-10}  {k.AdvertiserId ?? k.PublisherId ?? "",-16}  {(k.ExpiresAt is { } end ? Time(end) : "-"),-20}  {k.Name}");
        }

        return Done;
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static DateTimeOffset? ReadExpiry(System.CommandLine.Parsing.ArgumentResult given)
    {
        var text = given.Tokens[0].Value;
        var now = TimeProvider.System.GetUtcNow();
        if (text.Length > 1 && text[^1] is 'd' or 'h' && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and < 100_000)
            return text[^1] == 'd' ? now.AddDays(count) : now.AddHours(count);
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)) return time;
        given.AddError($"--expires: {text} is not like 90d, 12h or 2027-01-31.");
        return null;
    }
}
