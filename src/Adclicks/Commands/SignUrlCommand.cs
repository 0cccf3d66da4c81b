using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Adclicks.Domain.Redirects;
using Adclicks.Ingestion.Redirects;

namespace Adclicks.Commands;

/// <summary><c>adclicks sign-url</c>: a click URL that leads where it says, whatever the advertiser's hosts.</summary>
internal static class SignUrlCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var ad = new Option<string>("--ad") { Description = "The ad's id", Required = true };
        var campaign = new Option<string>("--campaign") { Description = "The campaign's id", Required = true };
        var publisher = new Option<string>("--publisher") { Description = "The publisher's id", DefaultValueFactory = _ => "" };
        var target = new Option<string>("--target") { Description = "Where it leads; else to the ad's registered target", DefaultValueFactory = _ => "" };
        var hours = new Option<double>("--hours") { Description = "How long it is good", DefaultValueFactory = _ => 24 };
        var once = new Option<bool>("--once") { Description = "With a nonce: a second click by it is marked as invalid" };
        var endpoint = new Option<Uri>("--endpoint")
        {
            Description = "Where clicks are taken in",
            DefaultValueFactory = _ => new Uri("http://127.0.0.1:8080/track/click"),
        };
        var data = CommonOptions.Data();
        var command = new Command("sign-url", "Makes a signed click URL") { ad, campaign, publisher, target, hours, once, endpoint, data };
        command.SetAction(parsed =>
        {
            var asked = parsed.GetRequiredValue(target);
            if (asked.Length != 0 && !WebUrl.TryParse(asked, out _, out var problem))
            {
                Console.Error.WriteLine($"--target {problem}.");
                return 1;
            }

            var key = UrlKeysCommand.SigningKey(UrlKeyFile.PathIn(parsed.GetRequiredValue(data).FullName), TimeProvider.System);
            var expiresAt = TimeProvider.System.GetUtcNow().AddHours(parsed.GetValue(hours)).ToUnixTimeSeconds();
            var nonce = parsed.GetValue(once) ? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)) : "";
            var signed = new SignedUrl(parsed.GetRequiredValue(ad), parsed.GetRequiredValue(publisher), asked, expiresAt, key.Id, nonce);
            Console.Out.WriteLine(UrlOf(parsed.GetRequiredValue(endpoint), signed, parsed.GetRequiredValue(campaign), key.Key));
            return 0;
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
        return endpoint + "?" + string.Join('&', parameters.Where(p => p.Value.Length != 0).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value)}"));
    }
}
