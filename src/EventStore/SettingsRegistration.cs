using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Adclicks.EventStore;

/// <summary>Settings that are checked before the process starts.</summary>
public static class SettingsRegistration
{
    /// <summary>Reads a section, whose values must be within what its members are annotated with.</summary>
    /// <param name="services">Gets them.</param>
    /// <param name="configuration">Has them.</param>
    /// <param name="section">Its path, as <c>Ingestion:RateLimits</c>.</param>
    public static OptionsBuilder<T> AddSettings<T>(this IServiceCollection services, IConfiguration configuration, string section)
        where T : class
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<T>>(new AnnotatedLimits<T>(section)));
        return services.AddOptions<T>().Bind(configuration.GetSection(section)).ValidateOnStart();
    }

    /// <summary>Names the key that is set, and not the member that holds it.</summary>
    private sealed class AnnotatedLimits<T>(string section) : IValidateOptions<T>
        where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            var wrong = new List<ValidationResult>();
            return Validator.TryValidateObject(options, new ValidationContext(options), wrong, validateAllProperties: true)
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail(wrong.Select(w => Named(w)));
        }

        private string Named(ValidationResult wrong)
        {
            var member = wrong.MemberNames.FirstOrDefault() ?? "";
            return (wrong.ErrorMessage ?? "is not valid").Replace($"The field {member} ", $"{section}:{member} ", StringComparison.Ordinal);
        }
    }
}
