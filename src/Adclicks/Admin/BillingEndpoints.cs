using Adclicks.Domain.Audit;
using Adclicks.EventStore.Audit;
using Adclicks.Projections.Billing;

namespace Adclicks.Admin;

/// <summary><c>/admin/billing</c>: how far the ledger is, and closing what is due without waiting.</summary>
internal static class BillingEndpoints
{
    /// <summary>Maps them, for admins.</summary>
    public static void MapBilling(this IEndpointRouteBuilder routes)
    {
        var billing = routes.MapAdmin("/admin/billing");
        billing.MapGet("", async (IBilling ledger, CancellationToken cancellationToken) =>
            Results.Json(LedgerReport.Of(await ledger.GetStatusAsync(cancellationToken)))).WithSummary("How far the ledger is").Produces<LedgerReport>();
        billing.MapPost("close", CloseAsync).Audited(AuditAction.BillingClosed).WithSummary("Closes the hours that are due").Produces<CloseReport>().MayConflict();
    }

    private static async Task<IResult> CloseAsync(IBilling ledger, CancellationToken cancellationToken)
    {
        try
        {
            return Results.Json(CloseReport.Of(await ledger.CloseAsync(cancellationToken)));
        }
        catch (InvalidDataException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status409Conflict);
        }
    }
}
