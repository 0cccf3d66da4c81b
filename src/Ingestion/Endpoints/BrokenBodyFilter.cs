using Adclicks.Ingestion.Bodies;
using Microsoft.AspNetCore.Http;

namespace Adclicks.Ingestion.Endpoints;

/// <summary>A body that breaks the rules of HTTP while it is read, in its chunks, is the sender's fault: answered, and no error of ours.</summary>
internal sealed class BrokenBodyFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (BadHttpRequestException e)
        {
            return ClickAnswers.Unreadable(new BodyFault(e.StatusCode, "The body cannot be read: " + e.Message));
        }
    }
}
