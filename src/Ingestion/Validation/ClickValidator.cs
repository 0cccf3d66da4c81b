using System.Globalization;
using FluentValidation;

namespace Adclicks.Ingestion.Validation;

/// <summary>
/// Explains what is wrong with a click, field by field: the limit, and what kind of value is beyond it. Runs only where
/// <see cref="ClickLimits.AreMetBy"/> said no.
/// </summary>
internal sealed class ClickValidator : AbstractValidator<RawClick>
{
    /// <summary>The field's name where nothing of the click could be read.</summary>
    public const string WholeClick = "click";

    private const string Params = "additional_params";

    public ClickValidator()
    {
        foreach (var limit in ClickLimits.Texts) AddText(limit);
        RuleFor(c => c).Must(ClickLimits.IsTimestamp).OverridePropertyName("timestamp_ms")
            .WithMessage(c => $"must be a time in Unix milliseconds, from 1 to {ClickLimits.MaxTimestampMs}; is {(c.TimestampMs is not { } ms ? "absent" : ms <= 0 ? "below" : "above")}");
        RuleFor(c => c.GeoCountry).Must(ClickLimits.IsCountry).OverridePropertyName("geo_country")
            .WithMessage((_, country) => $"must be two letters (ISO 3166-1 alpha-2); {(country.Length == ClickLimits.CountryLength ? "has others" : Has(country.Length, "character"))}");
        RuleFor(c => c.IpAddress).Must(ClickLimits.IsAddress).OverridePropertyName("ip_address")
            .WithMessage((_, address) => $"must be an IPv4 or IPv6 address; is a text of {address.Length} characters");
        RuleFor(c => c.AdditionalParams).Must(ClickLimits.AreParams).OverridePropertyName(Params).WithMessage((_, all) => ProblemOf(all!));
    }

    /// <summary>All that is wrong; empty for nothing.</summary>
    public IReadOnlyList<FieldError> Explain(RawClick click)
    {
        var errors = new List<FieldError>(click.Unreadable ?? []);
        foreach (var failure in Validate(click).Errors)
        {
            // A field that could not be read is not also missing.
            if (!errors.Exists(e => e.Field == failure.PropertyName || e.Field == WholeClick)) errors.Add(new(failure.PropertyName, failure.ErrorMessage));
        }

        return errors;
    }

    private void AddText(TextLimit limit)
    {
        if (limit.Required) RuleFor(c => limit.Get(c)).Must(text => text.Length > 0).OverridePropertyName(limit.Name).WithMessage($"is required: 1 to {limit.MaxLength} characters");
        RuleFor(c => limit.Get(c)).Must(text => text.Length <= limit.MaxLength).OverridePropertyName(limit.Name)
            .WithMessage((_, text) => $"must be at most {limit.MaxLength} characters; {Has(text.Length, "character")}");
        RuleFor(c => limit.Get(c)).Must(ClickLimits.IsPrintable).OverridePropertyName(limit.Name)
            .WithMessage((_, text) => "must not contain control characters; " + ControlOf(text));
    }

    private static string ProblemOf(List<KeyValuePair<string, string>> all)
    {
        if (all.Count > ClickLimits.MaxParams) return $"must be at most {ClickLimits.MaxParams} entries; has more";
        foreach (var (key, value) in all)
        {
            if (key.Length is 0 or > ClickLimits.ParamKeyLength) return $"must have names of 1 to {ClickLimits.ParamKeyLength} characters; one {Has(key.Length, "character")}";
            if (value.Length > ClickLimits.ParamValueLength) return $"must have values of at most {ClickLimits.ParamValueLength} characters; one {Has(value.Length, "character")}";
            if (!ClickLimits.IsPrintable(key)) return "must not contain control characters; a name " + ControlOf(key);
            if (!ClickLimits.IsPrintable(value)) return "must not contain control characters; a value " + ControlOf(value);
        }

        return "";
    }

    private static string Has(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"has {count:N0} {what}{(count == 1 ? "" : "s")}");

    private static string ControlOf(string text)
    {
        var at = text.AsSpan().IndexOfAny(ClickLimits.Controls);
        return string.Create(CultureInfo.InvariantCulture, $"has U+{(int)text[at]:X4} at {at}");
    }
}
