using System.Globalization;
using System.Text.Json;
using Adclicks.Domain.Rollups;
using Adclicks.ReadApi.Queries;
using Microsoft.AspNetCore.Http;

namespace Adclicks.ReadApi.Rest;

/// <summary>
/// The parameters of a request as text by name, whether they came in the URL or in a body, and how each is read.
/// A name that the endpoint does not know is refused: a misspelt filter must not give a wider answer.
/// </summary>
public sealed class ReportParameters
{
    /// <summary>The dimensions there are.</summary>
    internal static readonly string[] DimensionNames = [.. Domain.Rollups.Dimensions.All.Select(Domain.Rollups.Dimensions.Name)];

    private readonly Dictionary<string, string> _values;

    /// <summary>Takes the parameters given.</summary>
    /// <exception cref="ReportQueryException">One of them is none of <paramref name="known"/>.</exception>
    public ReportParameters(Dictionary<string, string> values, IReadOnlyList<string> known)
    {
        _values = values;
        foreach (var name in values.Keys)
        {
            if (!known.Contains(name))
                throw new ReportQueryException(Shown(name), "There is no such parameter here.", known);
        }
    }

    /// <summary>Takes the parameters of a query string.</summary>
    /// <exception cref="ReportQueryException">One is unknown, or is given twice.</exception>
    public static ReportParameters From(IQueryCollection query, IReadOnlyList<string> known)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, given) in query)
        {
            if (given.Count > 1) throw new ReportQueryException(Shown(name), "The parameter is given more than once.");
            if (!string.IsNullOrWhiteSpace(given.ToString())) values[name] = given.ToString().Trim();
        }

        return new ReportParameters(values, known);
    }

    /// <summary>Takes the members of a JSON object: text, numbers, flags, lists of text; <c>filters</c> as it is.</summary>
    /// <exception cref="ReportQueryException">One is unknown, or is of another type.</exception>
    public static ReportParameters From(JsonElement body, IReadOnlyList<string> known)
    {
        if (body.ValueKind != JsonValueKind.Object) throw new ReportQueryException("body", "The body must be a JSON object.");
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in body.EnumerateObject())
        {
            var text = member.Value.ValueKind switch
            {
                JsonValueKind.Null => "",
                JsonValueKind.String => member.Value.GetString()!,
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => member.Value.GetRawText(),
                JsonValueKind.Object when member.Name == "filters" => member.Value.GetRawText(),
                JsonValueKind.Array when member.Value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
                    string.Join(',', member.Value.EnumerateArray().Select(item => item.GetString())),
                _ => throw new ReportQueryException(Shown(member.Name), "The value is of a type that is not expected here."),
            };
            if (values.ContainsKey(member.Name))
                throw new ReportQueryException(Shown(member.Name), "The parameter is given more than once.");
            if (!string.IsNullOrWhiteSpace(text)) values.Add(member.Name, text.Trim());
        }

        return new ReportParameters(values, known);
    }

    /// <summary>The text of a parameter; null where it is absent or blank.</summary>
    public string? Text(string name) => _values.GetValueOrDefault(name);

    /// <summary>A whole number.</summary>
    public int? Number(string name)
    {
        if (Text(name) is not { } text) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ReportQueryException(name, $"'{Shown(text)}' is not a whole number.");
    }

    /// <summary><c>true</c> or <c>false</c>; false where absent.</summary>
    public bool Flag(string name) => Text(name) switch
    {
        null or "false" => false,
        "true" => true,
        var text => throw new ReportQueryException(name, $"'{Shown(text)}' is neither true nor false.", ["true", "false"]),
    };

    /// <summary>The comma-separated dimensions, each with the name it was asked by.</summary>
    public IReadOnlyList<(string Name, Dimension Dimension)> Dimensions(string name)
    {
        var found = new List<(string Name, Dimension Dimension)>();
        foreach (var text in List(name))
        {
            if (!Domain.Rollups.Dimensions.TryParse(text, out var dimension))
                throw new ReportQueryException(name, $"'{Shown(text)}' is not a dimension.", DimensionNames);
            if (found.Any(other => other.Dimension == dimension))
                throw new ReportQueryException(name, $"The dimension {dimension.Name()} is named twice.");
            found.Add((text.ToLowerInvariant(), dimension));
        }

        return found;
    }

    /// <summary>The comma-separated metrics; empty where absent.</summary>
    public IReadOnlyList<Metric> Metrics(string name) => [.. List(name).Select(text =>
        Queries.Metrics.TryParse(text, out var metric)
            ? metric
            : throw new ReportQueryException(name, $"'{Shown(text)}' is not a metric.", Queries.Metrics.Names)).Distinct()];

    /// <summary>A granularity; null where absent.</summary>
    public Granularity? Granularity(string name)
    {
        if (Text(name) is not { } text) return null;
        foreach (var granularity in Granularities.All)
        {
            if (granularity.Name() == text) return granularity;
        }

        throw new ReportQueryException(
            name, $"'{Shown(text)}' is not a granularity.", [.. Granularities.All.Select(Granularities.Name)]);
    }

    /// <summary>At most 100 characters of what the caller sent, for messages.</summary>
    internal static string Shown(string text) => text.Length <= 100 ? text : text[..100] + "…";

    private string[] List(string name) =>
        Text(name)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
}
