using Adclicks.Domain.Access;
using Adclicks.Domain.Reference;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Adclicks.Ingestion.Reference;

/// <summary>
/// Reference data over HTTP: <c>/reference/{advertisers|campaigns|ads|publishers|rules}</c>. Admins write, analysts read.
/// </summary>
public static class ReferenceEndpoints
{
    private static readonly (string Name, ReferenceKind Kind)[] _collections =
    [
        ("advertisers", ReferenceKind.Advertiser),
        ("campaigns", ReferenceKind.Campaign),
        ("ads", ReferenceKind.Ad),
        ("publishers", ReferenceKind.Publisher),
        ("rules", ReferenceKind.Rule),
    ];

    /// <summary>Maps all of them.</summary>
    public static IEndpointRouteBuilder MapReference(this IEndpointRouteBuilder endpoints)
    {
        foreach (var (name, kind) in _collections)
        {
            var items = endpoints.MapGroup($"/reference/{name}").WithTags("Reference data").AddEndpointFilter(ReferenceProblems.AnswerAsync);
            items.AddOpenApiOperationTransformer((operation, context, _) =>
            {
                ReferenceOpenApi.Describe(operation, context.Description.HttpMethod, context.Description.RelativePath ?? "", kind);
                return Task.CompletedTask;
            });
            items.MapGet("/", (HttpContext http, ReferenceReads reads) => reads.List(kind, http))
                .RequireAuthorization(Roles.Analyst).WithSummary($"The {name}, by id; limit, after");
            items.MapGet("/{id}", (HttpContext http, ReferenceReads reads) => reads.Get(kind, http))
                .RequireAuthorization(Roles.Analyst).WithSummary("One item; its ETag is the revision of its last event");
            items.MapGet("/{id}/history", (HttpContext http, ReferenceReads reads) => reads.HistoryAsync(kind, http))
                .RequireAuthorization(Roles.Analyst).WithSummary("Its versions, newest first; limit, before");
            items.MapPut("/{id}", (HttpContext http, ReferenceWrites writes) => writes.PutAsync(kind, http))
                .RequireAuthorization(Roles.Admin).WithSummary("Creates or replaces it; If-Match, If-None-Match: *");
            items.MapDelete("/{id}", (HttpContext http, ReferenceWrites writes) => writes.DeleteAsync(kind, http))
                .RequireAuthorization(Roles.Admin).WithSummary("Removes it; its history stays; If-Match");
        }

        return endpoints;
    }
}
