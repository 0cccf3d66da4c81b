using System.Text.Json.Nodes;
using Adclicks.Domain.Rollups;
using Adclicks.ReadApi.ApiPage;
using Adclicks.ReadApi.Queries;
using Adclicks.ReadApi.Verdicts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Adclicks.ReadApi.Rest;

/// <summary>
/// The description at <c>/openapi/v1.json</c>. The reports read their parameters by name, so their parameters, with
/// examples, are added to it here.
/// </summary>
internal static class ReportOpenApi
{
    private static readonly Dictionary<string, (string Text, string Example, IReadOnlyList<string> Allowed)> Parameters = new()
    {
        ["start_time"] = ("Start of the range: ISO 8601, or Unix milliseconds.", "2026-05-17T00:00:00Z", []),
        ["end_time"] = ("End of the range, not included; now where absent.", "2026-05-18T00:00:00Z", []),
        ["time_zone"] = ("Where hours and days begin: an IANA name or an offset.", "Europe/Berlin", []),
        ["filters"] = ("JSON, or dimension:value|value,dimension:value.", """{"country":["US","DE"],"browser":{"not_in":["Firefox"]}}""", []),
        ["metrics"] = ("What to count, comma separated; all where absent.", "click_count,unique_users", Metrics.Names),
        ["metric"] = ("What to rank by.", "click_count", Metrics.Names),
        ["compare"] = ("previous_period, or the start of another period of the same length.", "previous_period", []),
        ["granularity"] = ("Length of a bucket.", "hour", [.. Granularities.All.Select(Granularities.Name)]),
        ["dimensions"] = ("What to break down by, comma separated.", "ad_id,country", ReportParameters.DimensionNames),
        ["dimension"] = ("What to rank.", "ad_id", ReportParameters.DimensionNames),
        ["fill_gaps"] = ("Whether buckets without clicks have rows of zeros.", "true", ["true", "false"]),
        ["limit"] = ("The most rows of a page.", "1000", []),
        ["cursor"] = ("The member next of the page before.", "", []),
        ["top_n"] = ("The number of rows.", "10", []),
    };

    /// <summary>Adds the parameters of the reports to the description.</summary>
    public static IServiceCollection AddReportOpenApi(this IServiceCollection services) => services.Configure<OpenApiOptions>(ApiPageRegistration.DocumentName, options =>
        options.AddOperationTransformer((operation, context, _) =>
        {
            var path = context.Description.RelativePath ?? "";
            var parameters = path == VerdictEndpoint.Path
                ? VerdictQuery.Parameters
                : ReportKinds.All.Append(ReportKinds.Stream).FirstOrDefault(report => path == "reports/clicks/" + report.Path)?.Parameters;
            if (parameters is null) return Task.CompletedTask;
            operation.Responses ??= [];
            operation.Responses["200"] = path.EndsWith("/stream", StringComparison.Ordinal)
                ? Answer("Events named totals, each with the totals; one named problem says why there are none.", ("text/event-stream", "event: totals\ndata: " + Document(parameters).ToJsonString() + "\n\n"))
                : Answer("The rows, as JSON or CSV by Accept.", ("application/json", Document(parameters)), ("text/csv", Csv(parameters)));
            operation.Responses["400"] = new OpenApiResponse { Description = "A problem document that names the parameter and the allowed values." };
            if (!path.EndsWith("/stream", StringComparison.Ordinal)) operation.Responses["406"] = new OpenApiResponse { Description = "Neither JSON nor CSV is accepted." };
            if (context.Description.HttpMethod == HttpMethods.Get && parameters.Contains("metrics") && !path.EndsWith("/stream", StringComparison.Ordinal))
                operation.Responses["304"] = new OpenApiResponse { Description = "The rows are those of If-None-Match." };
            if (context.Description.HttpMethod == HttpMethods.Get) operation.Parameters = [.. parameters.Select(Parameter)];
            else operation.RequestBody = Body(parameters);
            return Task.CompletedTask;
        }));

    private static OpenApiResponse Answer(string description, params (string Type, JsonNode Example)[] contents) =>
        new() { Description = description, Content = contents.ToDictionary(c => c.Type, c => new OpenApiMediaType { Example = c.Example }) };

    /// <summary>An answer to a question with these parameters, with one row.</summary>
    private static JsonObject Document(IReadOnlyList<string> parameters)
    {
        var document = new JsonObject { ["generation"] = 1, ["fresh_until"] = "2026-05-18T09:30:00Z" };
        if (parameters.Contains("metrics")) (document["complete"], document["final_at"]) = (true, "2026-05-18T02:05:00Z");
        if (parameters.Contains("cursor")) document["next"] = "WyIyMDI2LTA1LTE3VDAwOjAwOjAwWiJd";
        document["rows"] = new JsonArray(Row(parameters));
        return document;
    }

    private static JsonObject Row(IReadOnlyList<string> parameters)
    {
        var row = new JsonObject();
        if (parameters.Contains("granularity")) row["time"] = "2026-05-17T00:00:00Z";
        // Only verdicts are counted without metrics to choose from.
        if (!parameters.Contains("metrics")) return new() { ["time"] = "2026-05-17T00:00:00Z", ["verdict"] = "duplicate:visitor", ["kind"] = "duplicate", ["reason"] = "visitor", ["clicks"] = 3 };
        if (parameters.Contains("dimensions") || parameters.Contains("dimension")) row["ad_id"] = "banner-1";
        for (var i = 0; i < Metrics.Names.Count; i++) row[Metrics.Names[i]] = 20 - i;
        if (parameters.Contains("granularity")) (row["complete"], row["final_at"]) = (true, "2026-05-17T03:05:00Z");
        return row;
    }

    private static string Csv(IReadOnlyList<string> parameters) =>
        string.Join(',', Row(parameters).Select(cell => cell.Key)) + "\r\n" + string.Join(',', Row(parameters).Select(cell => cell.Value!.ToString())) + "\r\n";

    private static OpenApiRequestBody Body(IEnumerable<string> parameters)
    {
        var properties = new Dictionary<string, IOpenApiSchema>();
        var example = new JsonObject();
        foreach (var name in parameters)
        {
            properties[name] = new OpenApiSchema { Description = Parameters[name].Text };
            if (Parameters[name].Example is { Length: > 0 } text) example[name] = text;
        }

        var schema = new OpenApiSchema { Type = JsonSchemaType.Object, Properties = properties };
        return new OpenApiRequestBody { Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = schema, Example = example } } };
    }

    private static IOpenApiParameter Parameter(string name)
    {
        var (text, example, allowed) = Parameters[name];
        if (allowed.Count > 0) text += " One of: " + string.Join(", ", allowed) + ".";
        return new OpenApiParameter
        {
            Name = name,
            In = ParameterLocation.Query,
            Required = name is "start_time" or "dimension",
            Description = text,
            Example = example.Length > 0 ? JsonValue.Create(example) : null,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        };
    }
}
