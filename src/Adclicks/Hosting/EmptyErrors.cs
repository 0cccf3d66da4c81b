namespace Adclicks.Hosting;

/// <summary>
/// Gives errors without a body the problem document (RFC 9457) that is promised: what routing, the binding of parameters and the
/// server refuse by themselves, and what an endpoint did not expect.
/// </summary>
internal static partial class EmptyErrors
{
    /// <summary>To come behind routing, so that what routing answers itself, pixels above all, does not come by.</summary>
    public static IApplicationBuilder UseProblemsForEmptyErrors(this IApplicationBuilder app)
    {
        var logger = app.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(EmptyErrors));
        return app.Use(next => context => AnswerAsync(next, context, logger));
    }

    private static async Task AnswerAsync(RequestDelegate next, HttpContext context, ILogger logger)
    {
        var response = context.Response;
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException e) when (!response.HasStarted)
        {
            Begin(response, e.StatusCode);
        }
        catch (Exception e) when (!response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            LogUnexpected(logger, e, context.Request.Method, (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "");
            Begin(response, StatusCodes.Status500InternalServerError);
        }

        if (!IsEmptyError(response) || HttpMethods.IsHead(context.Request.Method) || context.RequestAborted.IsCancellationRequested) return;
        string[] allowed = response.StatusCode == StatusCodes.Status405MethodNotAllowed ? response.Headers.Allow.ToString().Split(',', StringSplitOptions.TrimEntries) : [];
        var extensions = new Dictionary<string, object?>();
        if (allowed.Length > 0) extensions["allowed"] = allowed;
        await Results.Problem(DetailOf(context, allowed), statusCode: response.StatusCode, extensions: extensions).ExecuteAsync(context);
    }

    /// <summary>What an endpoint said of an answer that did not come does not hold for the problem.</summary>
    private static void Begin(HttpResponse response, int status)
    {
        response.StatusCode = status;
        response.ContentType = null;
        response.ContentLength = null;
        var headers = response.Headers;
        (headers.ETag, headers.CacheControl, headers.ContentEncoding, headers.ContentDisposition) = (default, default, default, default);
    }

    private static bool IsEmptyError(HttpResponse response) =>
        !response.HasStarted && response.StatusCode is >= 400 and < 600 && response.ContentLength is null && string.IsNullOrEmpty(response.ContentType);

    private static string? DetailOf(HttpContext context, string[] allowed) => context.Response.StatusCode switch
    {
        StatusCodes.Status400BadRequest => "A parameter or the body is missing, or is not of its type; /docs has what is taken.",
        StatusCodes.Status404NotFound when context.GetEndpoint() is null => "There is nothing at this path; /docs has what there is.",
        StatusCodes.Status405MethodNotAllowed => "This path takes " + string.Join(", ", allowed) + ".",
        StatusCodes.Status413PayloadTooLarge => "The body is larger than what is taken here.",
        StatusCodes.Status415UnsupportedMediaType => "The body is not of a content type that is taken here.",
        _ => null,
    };

    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "{Method} {Path} failed unexpectedly")]
    private static partial void LogUnexpected(ILogger logger, Exception exception, string method, string path);
}
