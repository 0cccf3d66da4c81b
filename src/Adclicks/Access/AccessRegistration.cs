using Adclicks.Domain.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace Adclicks.Access;

/// <summary>Registers API keys and the policies of the roles.</summary>
internal static class AccessRegistration
{
    /// <summary>The scheme <c>ApiKey</c> over the given keys, and one policy per role, which admin satisfies too.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services, IReadOnlyDictionary<string, string> keysByRole)
    {
        services.AddSingleton(new ApiKeys(keysByRole));
        services.AddSingleton<AccessProblems>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler>(provider => provider.GetRequiredService<AccessProblems>());
        services.AddAuthentication(ApiKeyHandler.SchemeName).AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null);
        var policies = services.AddAuthorizationBuilder();
        foreach (var role in new[] { Roles.Admin, Roles.Ingest, Roles.Analyst, Roles.Advertiser, Roles.Publisher })
            policies.AddPolicy(role, policy => policy.RequireRole(role, Roles.Admin));
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
            else await context.RequestServices.GetRequiredService<AccessProblems>().RefuseLoginAsync(context, failure.Message);
        });
        return app.UseAuthorization();
    }
}
