using Adclicks.EventStore;
using Adclicks.Ingestion.Privacy.Keys;
using Npgsql;

namespace Adclicks.Admin;

/// <summary>Turns what an admin endpoint cannot do into a problem document.</summary>
internal sealed class AdminProblems : IEndpointFilter
{
    /// <inheritdoc/>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (InvalidOperationException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status409Conflict);
        }
        catch (KeyStoreException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
        catch (EventLogUnavailableException e)
        {
            var mayBeDone = e.OutcomeUnknown ? " What was asked for may have been done." : "";
            return Results.Problem($"The log: {e.Message}{mayBeDone}", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
        catch (NpgsqlException e)
        {
            return Results.Problem($"PostgreSQL: {e.Message}", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
