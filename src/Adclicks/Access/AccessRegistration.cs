using Adclicks.Access.Keys;
using Adclicks.Access.Tokens;
using Adclicks.Domain.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace Adclicks.Access;

/// <summary>Registers who is let in, and what each role may.</summary>
internal static class AccessRegistration
{
    /// <summary>
    /// API keys (those of <c>keys.json</c>, given by role, and those of the log), tokens where they are configured, and one
    /// policy per role, which admin satisfies too.
    /// </summary>
    public static IServiceCollection AddAccess(this IServiceCollection services, IConfiguration configuration, IReadOnlyDictionary<string, string> keysByRole)
    {
        services.AddOptions<AccessOptions>().Bind(configuration.GetSection(AccessOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AccessOptions>, OptionsCheck>();
        services.AddSingleton(provider => new KeyRing(keysByRole, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<KeyWriter>();
        services.AddHostedService<KeyFeed>();
        var tokens = configuration.GetSection(TokenOptions.Section).Get<TokenOptions>() ?? new();
        if (tokens.Problem() is { } problem) throw new FormatException(problem);
        var authentication = services.AddAuthentication(tokens.IsConfigured ? TokenRegistration.EitherScheme : ApiKeyHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null);
        if (tokens.IsConfigured) authentication.AddTokens(tokens);
        services.AddSingleton<AccessProblems>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler>(provider => provider.GetRequiredService<AccessProblems>());
        var policies = services.AddAuthorizationBuilder();
        foreach (var role in Roles.All) policies.AddPolicy(role, policy => policy.RequireRole(role, Roles.Admin));
        return services;
    }

    /// <summary>Authentication and authorization; a key that is given but wrong is refused, also where none is needed.</summary>
    public static IApplicationBuilder UseAccess(this IApplicationBuilder app)
    {
        app.UseAuthentication();
        app.Use(async (context, next) =>
        {
            // The result is the request's own: asking again costs a look.
            if ((await context.AuthenticateAsync()).Failure is not { } failure) await next(context);
            else await context.RequestServices.GetRequiredService<AccessProblems>().RefuseLoginAsync(context, failure);
        });
        return app.UseAuthorization();
    }

    private sealed class OptionsCheck : IValidateOptions<AccessOptions>
    {
        public ValidateOptionsResult Validate(string? name, AccessOptions options) =>
            options.Problem() is { } problem ? ValidateOptionsResult.Fail(problem) : ValidateOptionsResult.Success;
    }
}
