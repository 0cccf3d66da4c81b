using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.OpenApi;
using Described = Microsoft.AspNetCore.Mvc.ApiExplorer.ApiDescription;

namespace Adclicks.ReadApi.ApiPage;

/// <summary>
/// Completes what the description says of each operation by what is known of its endpoint: who may, what is answered to others, what a
/// body or a parameter of another type is answered, and that every error is a problem document.
/// </summary>
internal static class ApiAnswers
{
    private const string KeyScheme = "key", BearerScheme = "bearer", Problem = "ProblemDetails", ProblemType = "application/problem+json";

    /// <summary>Keeps with an operation what it is made of, until all of the document is there.</summary>
    public static void Remember(OpenApiOperation operation, Described endpoint) =>
        (operation.Metadata ??= new Dictionary<string, object>())[nameof(ApiAnswers)] = endpoint;

    /// <summary>Completes all operations; to come last.</summary>
    public static void Complete(OpenApiDocument document)
    {
        document.AddComponent<IOpenApiSecurityScheme>(KeyScheme, new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = "X-Api-Key" });
        document.AddComponent<IOpenApiSecurityScheme>(
            BearerScheme, new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API key, or a token of the configured issuer." });
        ((document.Components ??= new()).Schemas ??= new Dictionary<string, IOpenApiSchema>())[Problem] = ProblemSchema();
        foreach (var (method, operation) in document.Paths.Values.SelectMany(path => path.Operations ?? []))
        {
            if (operation.Metadata is { } kept && kept.TryGetValue(nameof(ApiAnswers), out var found) && found is Described endpoint) AddRefusals(operation, endpoint, document);
            if (operation.RequestBody is OpenApiRequestBody body) Examples.Fill(body.Content);
            foreach (var (status, response) in operation.Responses ?? []) Fill((OpenApiResponse)response, status[0] is '4' or '5', method == HttpMethod.Head, document);
        }
    }

    private static void AddRefusals(OpenApiOperation operation, Described endpoint, OpenApiDocument document)
    {
        var metadata = endpoint.ActionDescriptor.EndpointMetadata;
        var answers = operation.Responses ??= [];
        void Add(int status, string text) => answers.TryAdd($"{status}", new OpenApiResponse { Description = text });

        var needsKey = metadata.Any(m => m is IAuthorizeData or AuthorizationPolicy) && !metadata.Any(m => m is IAllowAnonymous);
        var hasBody = metadata.Any(m => m is IAcceptsMetadata);
        if (needsKey)
        {
            Add(StatusCodes.Status401Unauthorized, "No key, or one that is not good.");
            Add(StatusCodes.Status403Forbidden, "The key is of another role.");
        }

        if (hasBody || endpoint.ParameterDescriptions.Any(IsTyped)) Add(StatusCodes.Status400BadRequest, "A parameter or the body is missing, or is not of its type.");
        if (hasBody) Add(StatusCodes.Status415UnsupportedMediaType, "The body is not JSON by its content type.");
        if (metadata.Any(m => m is IRequestSizeLimitMetadata)) Add(StatusCodes.Status413PayloadTooLarge, "The body is too large.");
        if (metadata.Any(m => m is EnableRateLimitingAttribute)) Add(StatusCodes.Status429TooManyRequests, "More than the key may ask; Retry-After says when to come back.");
        operation.Responses = [];
        foreach (var (status, answer) in answers.OrderBy(answer => answer.Key, StringComparer.Ordinal)) operation.Responses.Add(status, answer);
        operation.Security = SecurityOf(operation, needsKey, document);
    }

    /// <summary>What cannot be bound from any text.</summary>
    private static bool IsTyped(ApiParameterDescription parameter) =>
        parameter.Source.Id == "Query" && (parameter.IsRequired || (parameter.Type is { } type && type != typeof(string)));

    /// <summary>Either way to give a key; nothing for anyone; and where the operation itself says that none is needed, the one or the other.</summary>
    private static List<OpenApiSecurityRequirement> SecurityOf(OpenApiOperation operation, bool needsKey, OpenApiDocument document)
    {
        var isWelcome = operation.Security is [{ Count: 0 }];
        if (!needsKey && !isWelcome) return [];
        OpenApiSecurityRequirement By(string scheme) => new() { [new OpenApiSecuritySchemeReference(scheme, document)] = [] };
        return isWelcome ? [[], By(KeyScheme), By(BearerScheme)] : [By(KeyScheme), By(BearerScheme)];
    }

    private static void Fill(OpenApiResponse answer, bool isError, bool isHead, OpenApiDocument document)
    {
        if (isHead)
        {
            answer.Content = null;
            return;
        }

        if (isError && answer.Content is not { Count: > 0 }) answer.Content = new Dictionary<string, OpenApiMediaType> { [ProblemType] = new() };
        if (answer.Content?.TryGetValue(ProblemType, out var problem) ?? false) problem.Schema = new OpenApiSchemaReference(Problem, document);
        Examples.Fill(answer.Content);
    }

    private static OpenApiSchema ProblemSchema()
    {
        static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };
        static OpenApiSchema Texts(string description) => new() { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String }, Description = description };
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "A problem document (RFC 9457).",
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["type"] = Text("A URL that names the kind of problem."),
                ["title"] = Text("The kind of problem in words."),
                ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32" },
                ["detail"] = Text("What is wrong this time."),
                ["errors"] = new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = Texts("What is wrong with it."), Description = "Of a body: each field." },
                ["parameter"] = Text("Which parameter is wrong, where it is one."),
                ["allowed"] = Texts("What is taken in its place, where that can be listed."),
            },
        };
    }
}
