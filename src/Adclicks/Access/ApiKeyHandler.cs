using System.Text.Encodings.Web;
using Adclicks.Access.Keys;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Adclicks.Access;

/// <summary>Reads the key from <c>X-Api-Key</c> or <c>Authorization: Bearer</c> and lets its holder in.</summary>
internal sealed class ApiKeyHandler(KeyRing keys, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    /// <summary>The name of the scheme.</summary>
    public const string SchemeName = "ApiKey";

    /// <summary>The header that only keys come in.</summary>
    public const string Header = "X-Api-Key";

    private const string Bearer = "Bearer ";

    /// <summary>What follows <c>Bearer</c> in a request; empty for nothing.</summary>
    public static string BearerOf(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : "";
    }

    /// <inheritdoc/>
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    private AuthenticateResult Authenticate()
    {
        var text = Request.Headers[Header].ToString();
        if (text.Length == 0) text = BearerOf(Request);
        if (text.Length == 0) return AuthenticateResult.NoResult();
        var result = keys.Check(text, out var key);
        // A key that is revoked while it is being answered, as a stream of events is for hours, ends that.
        if (key is not null && key.Ended.CanBeCanceled) Context.Response.RegisterForDispose(key.Ended.UnsafeRegister(static context => ((HttpContext)context!).Abort(), Context));
        return result;
    }
}
