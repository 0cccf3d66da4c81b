using System.Text.Json.Nodes;
using Adclicks.Domain.Reference;

namespace Adclicks.Commands;

/// <summary>One row of a reference file: where it goes, and the body to put there.</summary>
internal sealed class ReferenceRow
{
    /// <summary>By kind: the collection, and the fields that an item has there.</summary>
    private static readonly Dictionary<string, (string Collection, string[] Fields)> _kinds = new(StringComparer.Ordinal)
    {
        ["advertiser"] = ("advertisers", ["name", "allowed_redirect_hosts"]),
        ["campaign"] = ("campaigns", ["advertiser_id", "name"]),
        ["ad"] = ("ads", ["campaign_id", "name", "target_url"]),
        ["publisher"] = ("publishers", ["name"]),
        [BlockedIpRange.KindName] = ("rules", ["range"]),
        [BadUserAgent.KindName] = ("rules", ["pattern"]),
        [VelocityLimit.KindName] = ("rules", ["max_clicks", "window_seconds", "per"]),
    };

    /// <summary>Reads the cells of a row; empty ones are absent fields.</summary>
    public ReferenceRow(IReadOnlyList<string> columns, IReadOnlyList<string> cells)
    {
        var kind = "";
        for (var i = 0; i < Math.Min(cells.Count, columns.Count); i++)
        {
            if (cells[i].Length == 0) continue;
            if (columns[i] == "kind") kind = cells[i];
            else if (columns[i] == "id") Id = cells[i];
            else Body[columns[i]] = ValueOf(columns[i], cells[i]);
        }

        var (collection, fields) = _kinds.GetValueOrDefault(kind, ("", []));
        if (cells.Count != columns.Count) Problem = $"{cells.Count} cells under {columns.Count} columns (a cell with a comma in it stands in quotes)";
        else if (collection.Length == 0) Problem = "kind must be one of " + string.Join(", ", _kinds.Keys);
        else if (Id.Length == 0) Problem = "id must be given";
        if (collection == "rules") Body["kind"] = kind;
        Path = $"/reference/{collection}/{Uri.EscapeDataString(Id)}";
        Untold = [.. fields.Except(columns, StringComparer.Ordinal)];
    }

    /// <summary>The item's id.</summary>
    public string Id { get; } = "";

    /// <summary>Where it is put.</summary>
    public string Path { get; }

    /// <summary>What is put there.</summary>
    public JsonObject Body { get; } = [];

    /// <summary>Fields of such an item that the file has no column for.</summary>
    public IReadOnlyList<string> Untold { get; }

    /// <summary>Why it cannot be sent at all; null where it can.</summary>
    public string? Problem { get; }

    /// <summary>What is put where an item is there already: fields that the file says nothing of stay as they are.</summary>
    public JsonObject BodyOver(JsonObject item)
    {
        var body = Body.DeepClone().AsObject();
        foreach (var field in Untold) body[field] = item[field]?.DeepClone();
        return body;
    }

    private static JsonNode? ValueOf(string column, string cell) => column switch
    {
        "allowed_redirect_hosts" => new JsonArray([.. cell.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(h => (JsonNode)h)]),
        "max_clicks" or "window_seconds" when int.TryParse(cell, out var number) => number,
        _ => cell,
    };
}
