using Adclicks.ReadApi.ApiPage;
using Adclicks.ReadApi.Limits;
using Adclicks.ReadApi.Rest;
using GraphQL;
using GraphQL.Transport;
using GraphQL.Types;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Adclicks.ReadApi.GraphQL;

/// <summary>
/// <c>POST /graphql</c>: one query as JSON. Bounded in size, depth, complexity, time and in how many of its fields are
/// resolved at once.
/// </summary>
internal static class GraphQLEndpoint
{
    private const int MaxBodyBytes = 64 * 1024;
    private const string AnswerType = "application/graphql-response+json";
    private const int MaxDepth = 10;
    private const int MaxComplexity = 2_000;
    private const int MaxParallelFields = 4;

    /// <summary>Roughly how many rows an answer is taken to have when its cost is weighed.</summary>
    private const int ExpectedRows = 10;

    /// <summary>Adds schema and execution.</summary>
    public static IServiceCollection AddReportGraphQL(this IServiceCollection services)
    {
        services.AddSingleton<ReportQueryType>().AddSingleton<ReportType>().AddSingleton<RowType>().AddSingleton<FilterInputType>();
        services.AddSingleton<ReferenceTree>().AddSingleton<AdvertiserType>().AddSingleton<CampaignType>().AddSingleton<AdType>().AddSingleton<PublisherType>();
        services.AddSingleton<FreshnessType>().AddSingleton<GenerationType>().AddSingleton<VerdictReportType>().AddSingleton<VerdictRowType>();
        services.AddSingleton<PersistedQueries>();
        services.AddSingleton<DimensionType>().AddSingleton<MetricType>().AddSingleton<GranularityType>();
        services.AddGraphQL(builder => builder
            .AddSchema<ReportSchema>()
            .AddSystemTextJson()
            .AddComplexityAnalyzer(complexity =>
            {
                complexity.MaxDepth = MaxDepth;
                complexity.MaxComplexity = MaxComplexity;
                complexity.DefaultListImpactMultiplier = ExpectedRows;
            }));
        return services;
    }

    /// <summary>Maps the endpoint.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/graphql", AnswerAsync)
        .RequireAuthorization(ReportEndpoints.MayRead)
        .LimitedPerKey()
        .AnswersReportProblems()
        .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes))
        .WithSummary("The reports as GraphQL.")
        .Takes("""{"query": "{ totals(startTime: \"2026-05-17\") { freshUntil rows { clickCount } } }", "operationName": null, "variables": {}}""")
        .Answers(AnswerType, "The answer; errors names what could not be answered.", """{"data": {"totals": {"freshUntil": "2026-05-18T09:30:00Z", "rows": [{"clickCount": 12}]}}}""")
        .Answers(AnswerType, "The query is none, or asks too much.", """{"errors": [{"message": "Cannot query field 'clicks' on type 'Query'.", "extensions": {"code": "FIELDS_ON_CORRECT_TYPE"}}]}""", StatusCodes.Status400BadRequest);

    private static async Task<IResult> AnswerAsync(
        HttpContext http,
        ISchema schema,
        IDocumentExecuter executer,
        IGraphQLTextSerializer serializer,
        PersistedQueries persisted,
        TimeProvider time,
        IOptions<ReadApiOptions> options)
    {
        if (await RequestAsync(http, serializer) is not { } request)
            return Results.Problem("The body must be a JSON object with a member \"query\".", title: "Not a GraphQL request.", statusCode: 400);
        using var timeout = new CancellationTokenSource(options.Value.StatementTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, timeout.Token);
        ExecutionResult result;
        try
        {
            result = await executer.ExecuteAsync(new ExecutionOptions
            {
                Schema = schema,
                Query = persisted.TextOf(request),
                OperationName = request.OperationName,
                Variables = request.Variables,
                User = http.User,
                RequestServices = http.RequestServices,
                MaxParallelExecutionCount = MaxParallelFields,
                CancellationToken = either.Token,
                ThrowOnUnhandledException = false,
            });
            if (result.Executed) persisted.Keep(request);
        }
        catch (ExecutionError e)
        {
            result = new ExecutionResult { Errors = [e] };
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            result = new ExecutionResult { Errors = [new ExecutionError("The query took too long.") { Code = "TIMEOUT" }] };
        }

        http.Response.StatusCode = result.Executed ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest;
        http.Response.ContentType = AnswerType + "; charset=utf-8";
        http.Response.Headers.CacheControl = "private, no-store";
        await serializer.WriteAsync(http.Response.Body, result, http.RequestAborted);
        return Results.Empty;
    }

    /// <summary>Null where the body is none.</summary>
    private static async Task<GraphQLRequest?> RequestAsync(HttpContext http, IGraphQLTextSerializer serializer)
    {
        try
        {
            var request = await serializer.ReadAsync<GraphQLRequest>(http.Request.Body, http.RequestAborted);
            return request?.Query is null && request?.Extensions is null ? null : request;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
