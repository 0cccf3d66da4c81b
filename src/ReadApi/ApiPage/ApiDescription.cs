using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Adclicks.ReadApi.ApiPage;

/// <summary>What the description at <c>/openapi/v1.json</c> says as a whole: its title, its groups, the key.</summary>
internal static class ApiDescription
{
    private const string Text =
        "Clicks in, reports out. An API key goes into the header `X-Api-Key` or `Authorization: Bearer`; what a key may do is set by its role. "
        + "One that is given and not good is answered 401, also where none is needed. All errors are problem documents (RFC 9457). Only what this process does is listed.";

    /// <summary>Groups by the first part of a path, in the order in which they are shown.</summary>
    private static readonly (string Root, string Tag, string Text)[] Groups =
    [
        ("track", "Clicks", "Taking clicks in: no key, or an ingest key"),
        ("reports", "Reports", "Counts, for analysts; for advertisers and publishers of what is theirs"),
        ("graphql", "Reports", ""),
        ("reference", "Reference data", "Advertisers, campaigns, ads, publishers, rules: for administrators"),
        ("billing", "Billing", "What is billed, and why"),
        ("clicks", "Billing", ""),
        ("admin", "Operation", "For administrators; health and metrics for anyone"),
    ];

    /// <summary>Completes the description of all endpoints.</summary>
    public static void Complete(OpenApiOptions options)
    {
        options.AddOperationTransformer((operation, context, _) =>
        {
            var root = (context.Description.RelativePath ?? "").Split('/')[0];
            var tag = Groups.FirstOrDefault(group => group.Root == root).Tag ?? "Operation";
            ApiAnswers.Remember(operation, context.Description);
            operation.Tags = new HashSet<OpenApiTagReference> { new(tag, context.Document) };
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            CompleteSchema(schema, context.JsonTypeInfo);
            return Task.CompletedTask;
        });
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "Adclicks", Version = ApiPageRegistration.DocumentName, Description = Text };
            document.Tags = Groups.Where(group => group.Text.Length > 0).Select(group => new OpenApiTag { Name = group.Tag, Description = group.Text }).ToHashSet();
            ApiAnswers.Complete(document);
            return Task.CompletedTask;
        });
    }

    /// <summary>Numbers are read from texts too, and never written so; what is left out where it says nothing is not always there.</summary>
    private static void CompleteSchema(OpenApiSchema schema, JsonTypeInfo type)
    {
        if (schema.Type is { } types && types.HasFlag(JsonSchemaType.String) && (types & (JsonSchemaType.Integer | JsonSchemaType.Number)) != 0)
            (schema.Type, schema.Pattern) = (types & ~JsonSchemaType.String, null);
        foreach (var property in type.Properties)
        {
            if (property.AttributeProvider?.IsDefined(typeof(JsonIgnoreAttribute), inherit: false) ?? false) schema.Required?.Remove(property.Name);
        }
    }
}
