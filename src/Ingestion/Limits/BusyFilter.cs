using Adclicks.Domain.Clicks;
using Adclicks.Ingestion.Diagnostics;
using Adclicks.Ingestion.Endpoints;
using Adclicks.Ingestion.Writing;
using Microsoft.AspNetCore.Http;

namespace Adclicks.Ingestion.Limits;

/// <summary>Answers a POST that the log has no room for, or no log, with 503 before its body is read.</summary>
internal sealed class BusyFilter(ClickWriter writer, ClickSource source) : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (!writer.IsBusy(source)) return next(context);
        IngestionMetrics.Refused(ClickReason.Unavailable);
        return ValueTask.FromResult<object?>(ClickAnswers.Unavailable);
    }
}
