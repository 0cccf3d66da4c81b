using System.Diagnostics;
using Adclicks.Domain.Audit;
using Adclicks.Domain.Reference;
using Adclicks.Ingestion.Bodies;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Adclicks.Ingestion.Reference;

/// <summary>Turns requests into commands, and what became of them into answers.</summary>
internal sealed class ReferenceWrites(IMediator mediator, IOptions<ReferenceWriteOptions> options, IAddressHasher? hasher = null)
{
    /// <summary>Says what a command came to: <c>created</c>, <c>changed</c>, <c>unchanged</c> or <c>removed</c>.</summary>
    public const string ChangeHeader = "Adclicks-Change";

    /// <summary>201 or 200 with the item and its tag.</summary>
    public async Task<IResult> PutAsync(ReferenceKind kind, HttpContext http)
    {
        if (!RequestBody.TryMediaType(http, out var mediaType) || mediaType != "application/json") return ReferenceProblems.NotJson();
        var id = ItemRequest.IdOf(http);
        var (item, errors) = await ItemRequest.ReadAsync(http.Request, kind, id, options.Value.MaxBodyBytes, http.RequestAborted);
        if (item is BlockedIpRange range) item = WithHashes(range, errors);
        if (item is null || errors.Count != 0) return ReferenceProblems.Invalid(errors);
        if (!Precondition.TryRead(http.Request.Headers, out var precondition, out var header)) return ReferenceProblems.BadHeader(header!);
        var outcome = await mediator.Send(new DefineItem(item, precondition, AuthorOf(http)), http.RequestAborted);
        return Answer(http, item.ItemKind, outcome, item);
    }

    /// <summary>204.</summary>
    public async Task<IResult> DeleteAsync(ReferenceKind kind, HttpContext http)
    {
        if (!Precondition.TryRead(http.Request.Headers, out var precondition, out var header)) return ReferenceProblems.BadHeader(header!);
        var command = new RemoveItem(kind, ItemRequest.IdOf(http), precondition, AuthorOf(http));
        return Answer(http, kind, await mediator.Send(command, http.RequestAborted), null);
    }

    private static IResult Answer(HttpContext http, ReferenceKind kind, WriteOutcome outcome, ReferenceItem? item)
    {
        ReferenceMetrics.Answered(outcome.Result);
        if (outcome.Revision >= 0) http.Response.Headers.ETag = Precondition.TagOf(outcome.Revision);
        http.Response.Headers[ChangeHeader] = outcome.Result switch
        {
            WriteResult.Created => "created",
            WriteResult.Changed => "changed",
            WriteResult.Unchanged => "unchanged",
            WriteResult.Removed => "removed",
            _ => default(StringValues),
        };
        switch (outcome.Result)
        {
            case WriteResult.Created:
                http.Response.StatusCode = StatusCodes.Status201Created;
                http.Response.Headers.Location = http.Request.Path.ToUriComponent();
                return Results.Bytes(ReferenceEvents.ToJson(item!), "application/json");
            case WriteResult.Changed or WriteResult.Unchanged:
                return Results.Bytes(ReferenceEvents.ToJson(item!), "application/json");
            case WriteResult.Removed:
                return Results.NoContent();
            default:
                return ReferenceProblems.Of(kind, outcome, item);
        }
    }

    /// <summary>A range too narrow for what a click shows of its address is told by hashes.</summary>
    private BlockedIpRange? WithHashes(BlockedIpRange rule, Dictionary<string, string[]> errors)
    {
        if (!AddressRange.TryParse(rule.Range, out var range, out _) || AddressRange.IsToldByPrefix(range)) return rule;
        if (hasher is not null)
            return rule with { AddressHashes = [.. AddressRange.Addresses(range).Select(hasher.HashOf).Order(StringComparer.Ordinal)] };
        errors["range"] = ["must be /24 or wider (IPv6: /48): this node has no key to hash addresses with"];
        return null;
    }

    private static Author AuthorOf(HttpContext http)
    {
        var actor = AuditActor.Of(http.User);
        return new(actor.Name, Activity.Current?.TraceId.ToString() ?? http.TraceIdentifier, actor.KeyId, actor.Role);
    }
}
