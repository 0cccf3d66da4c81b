using System.Text.Json;

namespace Adclicks.Ingestion.Diagnostics;

/// <summary>The names of reasons, as they are in metrics and events.</summary>
public static class ClickReasons
{
    private static readonly string[] _names = [.. Enum.GetValues<ClickReason>().Select(r => JsonNamingPolicy.SnakeCaseLower.ConvertName(r.ToString()))];

    /// <summary>In lower case, words with <c>_</c> between.</summary>
    public static string NameOf(ClickReason reason) => _names[(int)reason];
}
