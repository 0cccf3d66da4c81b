using System.Text.Json.Nodes;
using Adclicks.Domain.Reference;

namespace Adclicks.Commands;

/// <summary>One row of a reference file: where it goes, and the body to put there.</summary>
internal sealed class ReferenceRow
{
    private static readonly Dictionary<string, string> _collections = new(StringComparer.Ordinal)
    {
        ["advertiser"] = "advertisers",
        ["campaign"] = "campaigns",
        ["ad"] = "ads",
        ["publisher"] = "publishers",
        [BlockedIpRange.KindName] = "rules",
        [BadUserAgent.KindName] = "rules",
        [VelocityLimit.KindName] = "rules",
    };

    /// <summary>Reads the cells of a row; empty ones are absent fields.</summary>
    public ReferenceRow(IReadOnlyList<string> columns, IReadOnlyList<string> cells)
    {
        var kind = "";
        for (var i = 0; i < cells.Count; i++)
        {
            if (cells[i].Length == 0) continue;
            if (columns[i] == "kind") kind = cells[i];
            else if (columns[i] == "id") Id = cells[i];
            else Body[columns[i]] = ValueOf(columns[i], cells[i]);
        }

        if (!_collections.TryGetValue(kind, out var collection)) Problem = "kind must be one of " + string.Join(", ", _collections.Keys);
        else if (Id.Length == 0) Problem = "id must be given";
        if (collection == "rules") Body["kind"] = kind;
        Path = $"/reference/{collection}/{Uri.EscapeDataString(Id)}";
    }

    /// <summary>The item's id.</summary>
    public string Id { get; } = "";

    /// <summary>Where it is put.</summary>
    public string Path { get; }

    /// <summary>What is put there.</summary>
    public JsonObject Body { get; } = [];

    /// <summary>Why it cannot be sent at all; null where it can.</summary>
    public string? Problem { get; }

    private static JsonNode? ValueOf(string column, string cell) => column switch
    {
        "allowed_redirect_hosts" => new JsonArray([.. cell.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(h => (JsonNode)h)]),
        "max_clicks" or "window_seconds" when int.TryParse(cell, out var number) => number,
        _ => cell,
    };
}
