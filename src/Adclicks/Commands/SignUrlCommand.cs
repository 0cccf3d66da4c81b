using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Security.Cryptography;
using Adclicks.Domain.Redirects;
using Adclicks.Domain.Reference;
using Adclicks.Hosting;
using Adclicks.Ingestion.Redirects;

namespace Adclicks.Commands;

/// <summary><c>adclicks sign-url</c>: a click URL that leads where it says, whatever the advertiser's hosts.</summary>
internal static class SignUrlCommand
{
    private const double MinHours = 0.01, MaxHours = 87_600;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var ad = new Option<string>("--ad") { Description = "The ad's id", Required = true };
        var campaign = new Option<string>("--campaign") { Description = "The campaign's id", Required = true };
        var publisher = new Option<string>("--publisher") { Description = "The publisher's id", DefaultValueFactory = _ => "" };
        var target = new Option<string>("--target") { Description = "Where it leads; else to the ad's registered target", DefaultValueFactory = _ => "" };
        var hours = new Option<double>("--hours") { Description = "How long it is good: 0.01 to 87600 hours", DefaultValueFactory = _ => 24, CustomParser = ReadHours };
        var once = new Option<bool>("--once") { Description = "With a nonce: a second click by it is marked as invalid" };
        var endpoint = new Option<Uri?>("--endpoint")
        {
            Description = "Where clicks are taken in (default: /track/click, where the one on --data listens)",
            HelpName = "URL",
            CustomParser = ReadEndpoint,
        };
        var data = CommonOptions.Data();
        foreach (var id in new[] { ad, campaign, publisher }) id.Validators.Add(given => CheckId(given, id.Name, mayBeEmpty: id == publisher));
        target.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<string>() is { Length: > 0 } asked && !WebUrl.TryParse(asked, out _, out var problem)) given.AddError($"--target {problem}.");
        });
        var command = new Command("sign-url", "Makes a signed click URL") { ad, campaign, publisher, target, hours, once, endpoint, data };
        command.SetAction(parsed =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            try
            {
                var directory = new DataDirectory(parsed.GetRequiredValue(data).FullName);
                var to = parsed.GetValue(endpoint) ?? new Uri(CommonOptions.AddressOf(directory, null), "/track/click");
                var key = SigningKey(directory);
                var expiresAt = TimeProvider.System.GetUtcNow().AddHours(parsed.GetValue(hours)).ToUnixTimeSeconds();
                var nonce = parsed.GetValue(once) ? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)) : "";
                var signed = new SignedUrl(parsed.GetRequiredValue(ad), parsed.GetRequiredValue(publisher), parsed.GetRequiredValue(target), expiresAt, key.Id, nonce);
                output.WriteLine(UrlOf(to, signed, parsed.GetRequiredValue(campaign), key.Key));
                return 0;
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                error.WriteLine($"adclicks: {e.Message}");
                return AdminCommand.CouldNotFinish;
            }
        });
        return command;
    }

    /// <summary>The click URL with its signature.</summary>
    internal static string UrlOf(Uri endpoint, SignedUrl signed, string campaignId, byte[] key)
    {
        (string Name, string Value)[] parameters =
        [
            ("ad_id", signed.AdId), ("campaign_id", campaignId), ("publisher_id", signed.PublisherId), ("redirect_url", signed.Target),
            ("exp", signed.ExpiresAt.ToString(CultureInfo.InvariantCulture)), ("kid", signed.KeyId), ("nonce", signed.Nonce), ("sig", signed.Sign(key)),
        ];
        return endpoint.AbsoluteUri + "?" + string.Join('&', parameters.Where(p => p.Value.Length != 0).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value)}"));
    }

    /// <summary>A key made in a directory that nobody serves would sign what no server accepts: there must be a data directory, or a copy of its URL keys.</summary>
    private static UrlKey SigningKey(DataDirectory directory)
    {
        var path = UrlKeyFile.PathIn(directory.Root);
        if (!File.Exists(directory.KeysFile) && !File.Exists(path))
            throw new IOException($"{directory.Root} is not a data directory: neither keys.json nor secrets/url-keys.json is in it. The first start makes one.");
        return UrlKeysCommand.SigningKey(path, TimeProvider.System);
    }

    private static void CheckId(OptionResult given, string name, bool mayBeEmpty)
    {
        var id = given.GetValueOrDefault<string>() ?? "";
        if ((id.Length == 0 && !mayBeEmpty) || id.Length > ReferenceLimits.IdLength || id.Any(char.IsControl))
            given.AddError($"{name} must be {(mayBeEmpty ? "at most" : "1 to")} {ReferenceLimits.IdLength:N0} characters, without control characters.");
    }

    private static double ReadHours(ArgumentResult given)
    {
        if (double.TryParse(given.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var hours) && hours is >= MinHours and <= MaxHours) return hours;
        given.AddError(string.Create(CultureInfo.InvariantCulture, $"--hours must be from {MinHours} to {MaxHours:N0}."));
        return 0;
    }

    private static Uri? ReadEndpoint(ArgumentResult given)
    {
        if (Uri.TryCreate(given.Tokens[0].Value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Query.Length == 0 && url.Fragment.Length == 0) return url;
        given.AddError("--endpoint must be an absolute http(s) URL without a query, as http://127.0.0.1:8080/track/click.");
        return null;
    }
}
