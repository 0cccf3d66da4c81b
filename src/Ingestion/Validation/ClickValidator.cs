using FluentValidation;

namespace Adclicks.Ingestion.Validation;

/// <summary>Explains what is wrong with a click, field by field. Runs only where <see cref="ClickLimits.AreMetBy"/> said no.</summary>
internal sealed class ClickValidator : AbstractValidator<RawClick>
{
    public ClickValidator()
    {
        foreach (var limit in ClickLimits.Texts) AddText(limit);
        RuleFor(c => c).Must(ClickLimits.IsTimestamp).OverridePropertyName("timestamp_ms")
            .WithMessage($"must be a time in Unix milliseconds, from 1 to {ClickLimits.MaxTimestampMs}");
        RuleFor(c => c.GeoCountry).Must(ClickLimits.IsCountry).OverridePropertyName("geo_country").WithMessage("must be two letters (ISO 3166-1 alpha-2)");
        RuleFor(c => c.IpAddress).Must(ClickLimits.IsAddress).OverridePropertyName("ip_address").WithMessage("must be an IPv4 or IPv6 address");
        RuleFor(c => c.AdditionalParams).Must(ClickLimits.AreParams).OverridePropertyName("additional_params").WithMessage(
            $"must be at most {ClickLimits.MaxParams} entries without control characters, keys of 1 to {ClickLimits.ParamKeyLength} and values of at most {ClickLimits.ParamValueLength} characters");
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

    /// <summary>The field's name where nothing of the click could be read.</summary>
    public const string WholeClick = "click";

    private void AddText(TextLimit limit)
    {
        if (limit.Required) RuleFor(c => limit.Get(c)).NotEmpty().OverridePropertyName(limit.Name).WithMessage($"is required: 1 to {limit.MaxLength} characters");
        RuleFor(c => limit.Get(c)).MaximumLength(limit.MaxLength).OverridePropertyName(limit.Name).WithMessage($"must be at most {limit.MaxLength} characters");
        RuleFor(c => limit.Get(c)).Must(ClickLimits.IsPrintable).OverridePropertyName(limit.Name).WithMessage("must not contain control characters");
    }
}
