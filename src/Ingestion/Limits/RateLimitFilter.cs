using Adclicks.Ingestion.Diagnostics;
using Adclicks.Ingestion.Endpoints;
using Microsoft.AspNetCore.Http;

namespace Adclicks.Ingestion.Limits;

/// <summary>Answers a POST that is over the limit of its key, or of its address, with 429 before its body is read.</summary>
internal sealed class RateLimitFilter(RateLimits limits) : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (limits.Allow(context.HttpContext, out var retryAfter)) return next(context);
        IngestionMetrics.Refused(ClickReason.RateLimited);
        return ValueTask.FromResult<object?>(ClickAnswers.TooMany(context.HttpContext, retryAfter));
    }
}
