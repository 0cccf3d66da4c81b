using Adclicks.ReadApi.Web;
using Microsoft.AspNetCore.Routing;

namespace Adclicks.ReadApi.GraphiQL;

/// <summary>GraphiQL, a page to write and try queries: a browser that opens <c>/graphql</c> gets it.</summary>
internal static class GraphiQLEndpoints
{
    // Its editor measures text by inline styles, and its font is a data URL. It needs no inline scripts.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Maps the page and its files.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        WebFiles.Map(routes, "/graphql", "graphiql/index.html", Policy);
        WebFiles.Map(routes, "/graphiql/{name}", "graphiql/", Policy);
    }
}
