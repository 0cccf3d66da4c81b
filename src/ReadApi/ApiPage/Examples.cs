using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.OpenApi;

namespace Adclicks.ReadApi.ApiPage;

/// <summary>Describes by an example what is read or written without a type of its own; its schema has the members of the example.</summary>
public static class Examples
{
    /// <summary>Describes an answer.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="mediaType">Of the answer.</param>
    /// <param name="description">What the answer is; empty for another form of one that is described.</param>
    /// <param name="example">JSON for a JSON type, or the text.</param>
    /// <param name="status">Its status.</param>
    public static TBuilder Answers<TBuilder>(this TBuilder endpoint, string mediaType, string description, string example, int status = 200)
        where TBuilder : IEndpointConventionBuilder => endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
    {
        var key = $"{status}";
        operation.Responses ??= [];
        // What is there without content was only assumed of an endpoint that does not say what it answers.
        var answer = operation.Responses.TryGetValue(key, out var there) && there is OpenApiResponse { Content.Count: > 0 } known ? known : new OpenApiResponse();
        if (description.Length > 0) answer.Description = description;
        operation.Responses[key] = answer;
        (answer.Content ??= new Dictionary<string, OpenApiMediaType>())[mediaType] = new() { Example = Read(mediaType, example) };
        return Task.CompletedTask;
    });

    /// <summary>Describes the JSON that an endpoint reads from the body by itself.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="example">As JSON.</param>
    /// <param name="type">What it is read as; null for what the example has.</param>
    public static TBuilder Takes<TBuilder>(this TBuilder endpoint, string example, Type? type = null)
        where TBuilder : IEndpointConventionBuilder => endpoint.AddOpenApiOperationTransformer(async (operation, context, cancellationToken) =>
    {
        var schema = type is null ? null : await context.GetOrCreateSchemaAsync(type, null, cancellationToken);
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = schema, Example = JsonNode.Parse(example) } },
        };
    });

    /// <summary>Gives those that have only an example the schema of it.</summary>
    internal static void Fill(IDictionary<string, OpenApiMediaType>? contents)
    {
        foreach (var content in contents?.Values ?? []) content.Schema ??= SchemaOf(content.Example);
    }

    private static JsonNode? Read(string mediaType, string example) =>
        mediaType.EndsWith("json", StringComparison.Ordinal) && !mediaType.EndsWith("ndjson", StringComparison.Ordinal) ? JsonNode.Parse(example) : JsonValue.Create(example);

    private static OpenApiSchema SchemaOf(JsonNode? example) => example switch
    {
        JsonObject members => new() { Type = JsonSchemaType.Object, Properties = members.ToDictionary(m => m.Key, IOpenApiSchema (m) => SchemaOf(m.Value)) },
        JsonArray items => new() { Type = JsonSchemaType.Array, Items = SchemaOf(items.Count > 0 ? items[0] : null) },
        JsonValue value => value.GetValueKind() switch
        {
            System.Text.Json.JsonValueKind.String => new() { Type = JsonSchemaType.String },
            System.Text.Json.JsonValueKind.Number => new() { Type = value.ToJsonString().Contains('.', StringComparison.Ordinal) ? JsonSchemaType.Number : JsonSchemaType.Integer },
            _ => new() { Type = JsonSchemaType.Boolean },
        },
        _ => new(),
    };
}
