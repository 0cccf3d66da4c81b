using System.Text.Json;
using Adclicks.Domain.Rollups;
using Adclicks.ReadApi.Queries;

namespace Adclicks.ReadApi.Rest;

/// <summary>
/// The filters of a request, in either of two notations. JSON: <c>{"country": ["US", "DE"], "ad_id": "x"}</c>, and with
/// operators <c>{"browser": {"not_in": ["Firefox"]}, "ad_id": {"prefix": "shoes-"}, "city": {"unknown": true}}</c>.
/// Short: <c>country:US|DE,browser!:Firefox,ad_id^:shoes-,city:</c>, for values without commas and bars.
/// </summary>
internal static class FilterParameter
{
    private const string Parameter = "filters";

    private static readonly string[] Operators = ["in", "not_in", "prefix", "unknown"];

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 4 };

    /// <summary>Reads either notation; no text, no filters.</summary>
    public static IReadOnlyList<ReportFilter> Parse(string? text)
    {
        if (text is null) return [];
        if (text.Contains('\0', StringComparison.Ordinal) || text.Contains("\\u0000", StringComparison.Ordinal))
            throw Fault("No value has a NUL character.");
        return text.StartsWith('{') ? ParseJson(text) : [.. text.Split(',').Select(ParseShort)];
    }

    private static ReportFilter ParseShort(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0)
            throw Fault($"'{ReportParameters.Shown(text)}' is not of the form dimension:value|value.");
        var values = text[(colon + 1)..].Split('|');
        var kind = text[colon - 1] switch
        {
            '!' => FilterKind.NotIn,
            '^' => FilterKind.Prefix,
            _ => FilterKind.In,
        };
        var name = kind == FilterKind.In ? text[..colon] : text[..(colon - 1)];
        if (kind == FilterKind.Prefix && values.Length > 1) throw Fault("A prefix filter takes one value.");
        return new ReportFilter(DimensionOf(name.Trim()), kind, values);
    }

    private static List<ReportFilter> ParseJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Strict);
            var filters = new List<ReportFilter>();
            foreach (var member in document.RootElement.EnumerateObject())
                filters.AddRange(OfMember(DimensionOf(member.Name), member.Value));
            return filters;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second is what half a surrogate pair gives.
            throw Fault("The filters are not a valid JSON object.");
        }
    }

    private static IEnumerable<ReportFilter> OfMember(Dimension dimension, JsonElement value) =>
        value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject().Select(member => OfOperator(dimension, member.Name, member.Value))
            : [new ReportFilter(dimension, FilterKind.In, Values(dimension, value))];

    private static ReportFilter OfOperator(Dimension dimension, string name, JsonElement value) => name switch
    {
        "in" => new ReportFilter(dimension, FilterKind.In, Values(dimension, value)),
        "not_in" => new ReportFilter(dimension, FilterKind.NotIn, Values(dimension, value)),
        "prefix" => new ReportFilter(dimension, FilterKind.Prefix, [Text(dimension, value)]),
        "unknown" when value.ValueKind == JsonValueKind.True => ReportFilter.In(dimension, ""),
        "unknown" when value.ValueKind == JsonValueKind.False => ReportFilter.NotIn(dimension, ""),
        "unknown" => throw Fault("The operator unknown takes true or false."),
        _ => throw new ReportQueryException(
            Parameter, $"'{ReportParameters.Shown(name)}' is not an operator of a filter.", Operators),
    };

    private static IReadOnlyList<string> Values(Dimension dimension, JsonElement value) =>
        value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => Text(dimension, item))]
            : [Text(dimension, value)];

    private static string Text(Dimension dimension, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        _ => throw Fault($"A value of the filter on {dimension.Name()} is not a string."),
    };

    private static Dimension DimensionOf(string name) => Domain.Rollups.Dimensions.TryParse(name, out var dimension)
        ? dimension
        : throw new ReportQueryException(
            Parameter, $"'{ReportParameters.Shown(name)}' is not a dimension.", ReportParameters.DimensionNames);

    private static ReportQueryException Fault(string message) => new(Parameter, message);
}
