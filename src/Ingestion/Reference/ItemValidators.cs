using System.Linq.Expressions;
using System.Text.RegularExpressions;
using Adclicks.Domain.Redirects;
using Adclicks.Domain.Reference;
using FluentValidation;

namespace Adclicks.Ingestion.Reference;

/// <summary>What the validators of all kinds share. Errors carry the names the fields have on the wire.</summary>
internal abstract class ItemValidator<T> : AbstractValidator<T>
{
    /// <summary>A check that says what is wrong, as the end of a sentence that starts with the field's name.</summary>
    protected IRuleBuilderOptions<T, TField> Field<TField>(Expression<Func<T, TField>> field, string name, Func<TField, string?> problem) =>
        RuleFor(field)
            .Must((_, value, context) =>
            {
                var found = problem(value);
                context.MessageFormatter.AppendArgument("Problem", found);
                return found is null;
            })
            .WithMessage("{Problem}")
            .OverridePropertyName(name);
}

/// <summary>Limits of text, shared by bodies and paths.</summary>
internal static class TextRules
{
    public static string? OfId(string? id) => id switch
    {
        null or "" => "must be given",
        "." or ".." => "must not be made of dots alone",
        _ => OfText(id, ReferenceLimits.IdLength),
    };

    public static string? OfName(string? name) => name is null ? null : OfText(name, ReferenceLimits.NameLength);

    private static string? OfText(string text, int length)
    {
        if (text.Length > length) return $"must not be longer than {length} characters";
        return text.EnumerateRunes().Any(r => r == System.Text.Rune.ReplacementChar || System.Text.Rune.IsControl(r))
            ? "must be well-formed text without control characters"
            : null;
    }
}

internal sealed class AdvertiserValidator : ItemValidator<AdvertiserBody>
{
    public AdvertiserValidator()
    {
        Field(b => b.Name, "name", TextRules.OfName);
        Field(b => b.AllowedRedirectHosts, "allowed_redirect_hosts", hosts =>
        {
            if (hosts is null) return null;
            if (hosts.Count > ReferenceLimits.AllowedHosts) return $"must not have more than {ReferenceLimits.AllowedHosts} hosts";
            return hosts.All(h => h is not null && AllowedHost.IsValid(h))
                ? null
                : "must be host names in lower case with at least one dot, localhost, or addresses (IPv6 in brackets), without scheme, port or path";
        });
    }
}

internal sealed class CampaignValidator : ItemValidator<CampaignBody>
{
    public CampaignValidator()
    {
        Field(b => b.AdvertiserId, "advertiser_id", TextRules.OfId);
        Field(b => b.Name, "name", TextRules.OfName);
    }
}

internal sealed class AdValidator : ItemValidator<AdBody>
{
    public AdValidator()
    {
        Field(b => b.CampaignId, "campaign_id", TextRules.OfId);
        Field(b => b.Name, "name", TextRules.OfName);
        Field(b => b.TargetUrl, "target_url", url =>
            string.IsNullOrEmpty(url) || WebUrl.TryParse(url, out _, out var problem) ? null : problem);
    }
}

internal sealed class PublisherValidator : ItemValidator<PublisherBody>
{
    public PublisherValidator() => Field(b => b.Name, "name", TextRules.OfName);
}

internal sealed class RuleValidator : ItemValidator<RuleBody>
{
    public RuleValidator()
    {
        Field(b => b.Kind, "kind", kind => Rule.KindNames.Contains(kind ?? "") ? null : "must be one of " + string.Join(", ", Rule.KindNames));
        Only(b => b.Range, "range", BlockedIpRange.KindName, range => AddressRange.TryParse(range, out _, out var problem) ? null : problem);
        Only(b => b.Pattern, "pattern", BadUserAgent.KindName, PatternProblem);
        Only(b => b.MaxClicks, "max_clicks", VelocityLimit.KindName, n => RangeProblem(n, ReferenceLimits.VelocityClicks));
        Only(b => b.WindowSeconds, "window_seconds", VelocityLimit.KindName, n => RangeProblem(n, ReferenceLimits.VelocityWindowSeconds));
        Only(b => b.Per, "per", VelocityLimit.KindName, per => per is "ip" or "visitor" ? null : "must be ip or visitor");
    }

    /// <summary>A parameter of one kind of rule: must be right there, and absent elsewhere.</summary>
    private void Only<TField>(Expression<Func<RuleBody, TField>> field, string name, string kind, Func<TField, string?> problem)
    {
        Field(field, name, problem).When(b => b.Kind == kind);
        Field(field, name, value => value is null ? null : $"belongs to {kind} alone").When(b => b.Kind != kind);
    }

    private static string? RangeProblem(int? number, int max) => number is >= 1 && number <= max ? null : $"must be from 1 to {max}";

    private static string? PatternProblem(string? pattern)
    {
        if (string.IsNullOrEmpty(pattern)) return "must be given";
        if (pattern.Length > ReferenceLimits.PatternLength) return $"must not be longer than {ReferenceLimits.PatternLength} characters";
        try
        {
            return BadUserAgent.Compile(pattern).IsMatch("") ? "must not match an empty user agent" : null;
        }
        catch (Exception e) when (e is RegexParseException or NotSupportedException)
        {
            return "must be a regular expression without look-around or back references: " + e.Message;
        }
    }
}
