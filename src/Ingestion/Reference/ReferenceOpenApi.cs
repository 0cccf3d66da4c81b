using System.Text.Json.Nodes;
using Adclicks.Domain.Reference;
using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;

namespace Adclicks.Ingestion.Reference;

/// <summary>What the description of the API says of reference data. Limits are those of <see cref="ReferenceLimits"/>.</summary>
internal static class ReferenceOpenApi
{
    private const string Json = "application/json";
    private const string Problem400 = "A field is beyond its limits, or a parent is not there; errors has each field.";
    private const string Problem412 = "The item is not at the version asked for; ETag has its own.";
    private const string Problem503 = "The log cannot be reached; trying again is safe.";

    /// <summary>Completes one operation on items of a kind.</summary>
    /// <param name="operation">As routing knows it.</param>
    /// <param name="method">Its HTTP method.</param>
    /// <param name="path">Its path, with <c>{id}</c>.</param>
    /// <param name="kind">Of the items.</param>
    public static void Describe(OpenApiOperation operation, string? method, string path, ReferenceKind kind)
    {
        var (id, example) = ExampleOf(kind);
        var item = new JsonObject { ["id"] = id };
        foreach (var (name, value) in example) item[name] = value?.DeepClone();
        var isHistory = path.EndsWith("/history", StringComparison.Ordinal);
        var isOne = path.EndsWith("{id}", StringComparison.Ordinal);
        operation.Parameters = [];
        if (isOne || isHistory) operation.Parameters.Add(Parameter("id", ParameterLocation.Path, "Slashes in it are written %2F.", id));
        if (method == HttpMethods.Put)
        {
            operation.Parameters.Add(Parameter("If-Match", ParameterLocation.Header, "The entity tag it must have, or * where it must be there."));
            operation.Parameters.Add(Parameter("If-None-Match", ParameterLocation.Header, "* where it must not be there."));
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { [Json] = new() { Schema = SchemaOf(kind), Example = example } },
            };
            operation.Responses = Answers(
                ("200", "It was there: the item. Adclicks-Change says changed or unchanged."), ("201", "It was made: the item."), ("400", Problem400), ("412", Problem412), ("415", "The body is not JSON in UTF-8."), ("503", Problem503))
                .With("200", SchemaOf(kind), item).With("201", SchemaOf(kind), item);
        }
        else if (method == HttpMethods.Delete)
        {
            operation.Parameters.Add(Parameter("If-Match", ParameterLocation.Header, "The entity tag it must have."));
            operation.Responses = Answers(("204", "It was removed."), ("400", Problem400), ("404", "It is not there."), ("409", "Other items belong to it."), ("412", Problem412), ("503", Problem503));
        }
        else if (isOne)
        {
            operation.Responses = Answers(("200", "The item; ETag has its version."), ("304", "It is at the version of If-None-Match."), ("404", "It is not there.")).With("200", SchemaOf(kind), item);
        }
        else
        {
            operation.Parameters.Add(Parameter("limit", ParameterLocation.Query, "The most entries of a page.", "100"));
            operation.Parameters.Add(Parameter(isHistory ? "before" : "after", ParameterLocation.Query, "The member next of the page before."));
            operation.Responses = isHistory
                ? Answers(("200", "Its versions, newest first, with when and by whom; an item of null is a removal."), ("400", Problem400), ("404", "It never was there."), ("503", Problem503))
                    .With("200", HistoryOf(kind), new JsonObject { ["id"] = id, ["versions"] = new JsonArray(Version(item, kind)), ["next"] = 7 })
                : Answers(("200", "A page of items, by id; next is null on the last."), ("400", Problem400))
                    .With("200", PageOf(kind), new JsonObject { ["items"] = new JsonArray(Version(item)), ["next"] = id });
        }
    }

    private static JsonObject Version(JsonObject item, ReferenceKind? historyOf = null)
    {
        var version = new JsonObject { ["revision"] = 7 };
        if (historyOf is { } kind) (version["type"], version["at"], version["by"]) = (kind.ToString().ToLowerInvariant() + "-defined", "2026-05-17T10:00:00Z", "admin");
        version["item"] = item.DeepClone();
        return version;
    }

    private static (string Id, JsonObject Item) ExampleOf(ReferenceKind kind) => kind switch
    {
        ReferenceKind.Advertiser => ("acme", new() { ["name"] = "Acme", ["allowed_redirect_hosts"] = new JsonArray("acme.example") }),
        ReferenceKind.Campaign => ("spring", new() { ["advertiser_id"] = "acme", ["name"] = "Spring" }),
        ReferenceKind.Ad => ("banner-1", new() { ["campaign_id"] = "spring", ["target_url"] = "https://acme.example/?c={click_id}" }),
        ReferenceKind.Publisher => ("news", new() { ["name"] = "News" }),
        _ => ("fast", new() { ["kind"] = "velocity", ["max_clicks"] = 20, ["window_seconds"] = 60, ["per"] = "ip" }),
    };

    private static OpenApiSchema SchemaOf(ReferenceKind kind) => kind switch
    {
        ReferenceKind.Advertiser => Item([], ("name", Text("", ReferenceLimits.NameLength)), ("allowed_redirect_hosts", new OpenApiSchema
        {
            Type = JsonSchemaType.Array,
            Items = Text("A host; its subdomains are included.", ReferenceLimits.HostLength),
            MaxItems = ReferenceLimits.AllowedHosts,
        })),
        ReferenceKind.Campaign => Item(["advertiser_id"], ("advertiser_id", Text("", ReferenceLimits.IdLength)), ("name", Text("", ReferenceLimits.NameLength))),
        ReferenceKind.Ad => Item(["campaign_id"], ("campaign_id", Text("", ReferenceLimits.IdLength)), ("name", Text("", ReferenceLimits.NameLength)),
            ("target_url", Text("http or https; may hold {click_id}, {ad_id}, {campaign_id}, {publisher_id}.", ReferenceLimits.UrlLength))),
        ReferenceKind.Publisher => Item([], ("name", Text("", ReferenceLimits.NameLength))),
        _ => Item(["kind"], ("kind", Text("blocked_ip_range, bad_user_agent or velocity.")), ("range", Text("Of blocked_ip_range: CIDR.")),
            ("address_hashes", new() { Type = JsonSchemaType.Array, Items = Text(""), Description = "Of a narrow blocked_ip_range; always made anew." }),
            ("pattern", Text("Of bad_user_agent: a regular expression without look-around and back references.", ReferenceLimits.PatternLength)),
            ("max_clicks", Number("Of velocity.", ReferenceLimits.VelocityClicks)), ("window_seconds", Number("Of velocity.", ReferenceLimits.VelocityWindowSeconds)),
            ("per", Text("Of velocity: ip or visitor."))),
    };

    private static OpenApiSchema PageOf(ReferenceKind kind) => Answer(
        ("items", ListOf(Answer(("revision", Revision()), ("item", SchemaOf(kind))))),
        ("next", new() { Type = JsonSchemaType.String | JsonSchemaType.Null }));

    private static OpenApiSchema HistoryOf(ReferenceKind kind)
    {
        var item = SchemaOf(kind);
        item.Type |= JsonSchemaType.Null;
        return Answer(
            ("id", Text("")),
            ("versions", ListOf(Answer(("revision", Revision()), ("type", Text("The type of the event.")), ("at", Text("ISO 8601, UTC.")), ("by", Text("The name of the key.")), ("item", item)))),
            ("next", Revision(JsonSchemaType.Null)));
    }

    private static OpenApiSchema Revision(JsonSchemaType or = default) => new() { Type = JsonSchemaType.Integer | or, Format = "int64" };

    private static OpenApiSchema ListOf(OpenApiSchema items) => new() { Type = JsonSchemaType.Array, Items = items };

    private static OpenApiSchema Answer(params (string Name, OpenApiSchema Schema)[] fields) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = fields.ToDictionary(field => field.Name, IOpenApiSchema (field) => field.Schema, StringComparer.Ordinal),
    };

    /// <summary>What is written and read: as what is read can be written back, both have the same members.</summary>
    private static OpenApiSchema Item(string[] required, params (string Name, OpenApiSchema Schema)[] fields) => new()
    {
        Type = JsonSchemaType.Object,
        Required = required.ToHashSet(StringComparer.Ordinal),
        Properties = fields.Prepend((Name: "id", Schema: Text("That of the path.", ReferenceLimits.IdLength))).ToDictionary(field => field.Name, IOpenApiSchema (field) => field.Schema, StringComparer.Ordinal),
        AdditionalPropertiesAllowed = false,
    };

    private static OpenApiSchema Text(string description, int? maxLength = null) => new() { Type = JsonSchemaType.String, Description = description, MaxLength = maxLength };

    private static OpenApiSchema Number(string description, int max) => new()
    {
        Type = JsonSchemaType.Integer,
        Description = description,
        Minimum = "1",
        Maximum = max.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    private static OpenApiParameter Parameter(string name, ParameterLocation where, string text, string? example = null) => new()
    {
        Name = name,
        In = where,
        Required = where == ParameterLocation.Path,
        Description = text,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        Example = example is null ? null : JsonValue.Create(example),
    };

    private static OpenApiResponses Answers(params (string Status, string Text)[] answers)
    {
        var responses = new OpenApiResponses();
        foreach (var (status, text) in answers) responses[status] = new OpenApiResponse { Description = text };
        return responses;
    }

    private static OpenApiResponses With(this OpenApiResponses responses, string status, OpenApiSchema schema, JsonObject example)
    {
        ((OpenApiResponse)responses[status]).Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { [Json] = new() { Schema = schema, Example = example.DeepClone() } };
        return responses;
    }
}
