using Adclicks.Domain.Access;

namespace Adclicks.Admin;

/// <summary>What the endpoints below <c>/admin</c> have in common.</summary>
internal static class AdminGroup
{
    /// <summary>Endpoints for admins, whose problems <see cref="AdminProblems"/> answers.</summary>
    public static RouteGroupBuilder MapAdmin(this IEndpointRouteBuilder routes, string path) => routes.MapGroup(path)
        .RequireAuthorization(Roles.Admin).AddEndpointFilter<AdminProblems>().ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    /// <summary>The endpoint may find things in a state that forbids what is asked.</summary>
    public static RouteHandlerBuilder MayConflict(this RouteHandlerBuilder endpoint) => endpoint.ProducesProblem(StatusCodes.Status409Conflict);

    /// <summary>The endpoint may not find what it is asked about.</summary>
    public static RouteHandlerBuilder MayMiss(this RouteHandlerBuilder endpoint) => endpoint.ProducesProblem(StatusCodes.Status404NotFound);
}
