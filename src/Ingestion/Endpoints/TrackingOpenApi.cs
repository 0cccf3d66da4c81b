using System.Text.Json.Nodes;
using Adclicks.Ingestion.Validation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;

namespace Adclicks.Ingestion.Endpoints;

/// <summary>What the description of the API says of tracking. Limits are those of <see cref="ClickLimits"/>.</summary>
internal static class TrackingOpenApi
{
    private const string Json = "application/json";

    private static readonly (string Name, string Text, string Example)[] Query =
    [
        ("ad_id", "The ad.", "banner-1"), ("campaign_id", "Its campaign.", "spring"), ("publisher_id", "Where it was shown.", "news"), ("advertiser_id", "Whose it is.", ""),
        ("user_id", "Who clicked; kept sealed and hashed.", ""), ("impression_id", "The showing that was clicked.", ""), ("referrer_url", "The page with the ad.", ""),
        ("redirect_url", "Where to go, if the ad may lead there.", ""), ("sig", "Signature of a signed URL.", ""), ("exp", "Its end, in Unix seconds.", ""), ("kid", "Its key.", ""),
        ("nonce", "Counts once.", ""), ("format", "none: an answer without an image.", ""),
    ];

    /// <summary>Of <c>GET /track/click</c>. It is no route handler, so it would not be found by itself.</summary>
    public static void DescribePixel(this IEndpointConventionBuilder endpoint) => endpoint
        .WithMetadata(typeof(PixelEndpoint).GetMethod(nameof(PixelEndpoint.HandleAsync))!)
        .WithSummary("Records a click and sends the visitor on, or answers with an image of one pixel")
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters = [.. Query.Select(Parameter)];
            operation.Responses = Answers(("200", "An image; the click is durable."), ("302", "To the ad's target; the click is durable, unless X-Click-Recorded says otherwise."),
                ("204", "With format=none."), ("400", Problem400), ("503", Problem503))
                .With("200", "image/gif", new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } });
            return Task.CompletedTask;
        });

    /// <summary>Of <c>POST /track/click_event</c>.</summary>
    public static void DescribeEvent(this IEndpointConventionBuilder endpoint) => endpoint
        .WithSummary("Records one click; with an ingest key its time, address and user agent are believed")
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody = Body((Json, new() { Schema = Click(), Example = Example() }), ("text/plain", new() { Schema = Text("The same, as beacons send it.") }));
            operation.Responses = Answers(("200", "The click is durable."), ("400", Problem400), ("413", Problem413), ("415", Problem415), ("429", Problem429), ("503", Problem503))
                .With("200", Json, new() { Example = new JsonObject { ["accepted"] = 1, ["rejected"] = 0, ["event_id"] = "e-1" } });
            // No key is needed, and one is believed.
            operation.Security = [[]];
            return Task.CompletedTask;
        });

    /// <summary>Of <c>POST /track/click_events</c>.</summary>
    public static void DescribeBatch(this IEndpointConventionBuilder endpoint) => endpoint
        .WithSummary("Records up to 1,000 clicks; needs an ingest key")
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody = Body(
                (Json, new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Array, Items = Click() }, Example = new JsonArray(Example()) }),
                ("application/x-ndjson", new() { Schema = Text("One click as JSON on each line.") }),
                ("application/x-protobuf", new() { Schema = Text("The message of /track/click_events.proto.") }));
            operation.Responses = Answers(("200", "Those accepted are durable; the others are listed under errors by their place."), ("400", "Nothing was accepted; a problem document where the body could not be read."),
                ("413", Problem413), ("415", Problem415), ("429", Problem429), ("503", Problem503))
                .With("200", Json, new() { Example = Outcome(2, 1) }).With("400", Json, new() { Example = Outcome(0, 1) }).With("400", "application/problem+json", new());
            return Task.CompletedTask;
        });

    private const string Problem400 = "A field is beyond its limits; errors has each field.",
        Problem413 = "The body is too large.",
        Problem415 = "A content type that is not taken; the answer lists those that are.",
        Problem429 = "Over the limit of the key or address; Retry-After says when to come back.",
        Problem503 = "The log is busy or away; nothing was recorded. Retry-After says when to come back.";

    private static IOpenApiParameter Parameter((string Name, string Text, string Example) of) => new OpenApiParameter
    {
        Name = of.Name,
        In = ParameterLocation.Query,
        Description = of.Text,
        Required = Limit(of.Name) is { Required: true },
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = Limit(of.Name)?.MaxLength },
        Example = of.Example.Length > 0 ? JsonValue.Create(of.Example) : null,
    };

    private static TextLimit? Limit(string name) => ClickLimits.Texts.FirstOrDefault(limit => limit.Name == name);

    private static OpenApiSchema Click()
    {
        var properties = ClickLimits.Texts.ToDictionary(
            limit => limit.Name, IOpenApiSchema (limit) => new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = limit.MaxLength });
        properties["timestamp_ms"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64", Description = "Unix milliseconds." };
        properties["ip_address"] = Text("IPv4 or IPv6, of the visitor.");
        properties["geo_country"] = Text("Two letters.");
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = properties,
            Required = ClickLimits.Texts.Where(limit => limit.Required).Select(limit => limit.Name).Append("timestamp_ms").ToHashSet(),
            AdditionalPropertiesAllowed = true,
            Description = $"Other members become additional parameters: up to {ClickLimits.MaxParams}, each up to {ClickLimits.ParamValueLength} characters.",
        };
    }

    private static JsonObject Outcome(int accepted, int rejected) => new()
    {
        ["accepted"] = accepted, ["rejected"] = rejected,
        ["errors"] = new JsonArray(new JsonObject { ["index"] = Math.Min(accepted, 1), ["errors"] = new JsonObject { ["user_id"] = new JsonArray("must be at most 256 characters; has 1,300 characters") } }),
    };

    private static JsonObject Example() => new()
    {
        ["event_id"] = "e-1", ["timestamp_ms"] = 1_431_857_103_000, ["ad_id"] = "banner-1", ["campaign_id"] = "spring", ["user_id"] = "u-1",
    };

    private static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };

    private static OpenApiRequestBody Body(params (string Type, OpenApiMediaType Content)[] contents) =>
        new() { Required = true, Content = contents.ToDictionary(content => content.Type, content => content.Content) };

    private static OpenApiResponses Answers(params (string Status, string Text)[] answers)
    {
        var responses = new OpenApiResponses();
        foreach (var (status, text) in answers) responses[status] = new OpenApiResponse { Description = text };
        return responses;
    }

    private static OpenApiResponses With(this OpenApiResponses responses, string status, string type, OpenApiMediaType content)
    {
        (((OpenApiResponse)responses[status]).Content ??= new Dictionary<string, OpenApiMediaType>())[type] = content;
        return responses;
    }
}
