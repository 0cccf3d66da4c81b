using Adclicks.ReadApi.Web;
using Microsoft.AspNetCore.Routing;

namespace Adclicks.ReadApi.ApiPage;

/// <summary>The description of the API to read and try: Swagger UI over <c>/openapi/v1.json</c>, at <c>/docs</c>.</summary>
internal static class ApiPageEndpoints
{
    // Swagger UI draws its icons as data URLs. It needs neither inline scripts nor inline styles.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Maps the page and its files.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        WebFiles.Map(routes, "/docs", "docs/index.html", Policy);
        WebFiles.Map(routes, "/docs/{name}", "docs/", Policy);
    }
}
