using Adclicks.ReadApi.Web;
using Microsoft.AspNetCore.Routing;

namespace Adclicks.ReadApi.Dashboard;

/// <summary>The dashboard: the page at <c>/</c> and its files below <c>/assets</c>.</summary>
internal static class DashboardEndpoints
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Maps the page and its files.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        WebFiles.Map(routes, "/", "assets/index.html", Policy);
        WebFiles.Map(routes, "/assets/{name}", "assets/", Policy);
    }
}
