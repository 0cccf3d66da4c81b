using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Adclicks.Ingestion.Proxies;

/// <summary>Puts the client's address in place of the proxy's.</summary>
public static class ProxyRegistration
{
    /// <summary>For all that comes after it, by <c>Proxies:Trusted</c> and <c>Proxies:Header</c>; no step at all without them.</summary>
    /// <exception cref="FormatException">They cannot be read.</exception>
    public static IApplicationBuilder UseTrustedProxies(this IApplicationBuilder app, IConfiguration configuration)
    {
        if (TrustedProxies.Read(configuration["Proxies:Trusted"], configuration["Proxies:Header"]) is not { } proxies) return app;
        return app.Use((HttpContext context, RequestDelegate next) =>
        {
            context.Connection.RemoteIpAddress = proxies.ClientOf(context.Connection.RemoteIpAddress, context.Request.Headers[proxies.Header]);
            return next(context);
        });
    }
}
