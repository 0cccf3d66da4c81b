using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Adclicks.ReadApi.ApiPage;

/// <summary>The description of the API of a process, whatever its roles: at <c>/openapi/v1.json</c>, and to read and try at <c>/docs</c>.</summary>
public static class ApiPageRegistration
{
    internal const string DocumentName = "v1";

    /// <summary>Describes all endpoints that the process maps.</summary>
    public static IServiceCollection AddApiDescription(this IServiceCollection services) => services.AddOpenApi(DocumentName, ApiDescription.Complete);

    /// <summary>Maps the description and its page.</summary>
    public static IEndpointRouteBuilder MapApiDescription(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi().AllowAnonymous().WithMetadata(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]));
        ApiPageEndpoints.Map(routes);
        return routes;
    }
}
