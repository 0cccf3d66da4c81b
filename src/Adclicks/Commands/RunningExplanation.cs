using System.Text.Encodings.Web;
using System.Text.Json;

namespace Adclicks.Commands;

/// <summary>Explanations of the running process, if there is one: it may open what is sealed, and records who asked.</summary>
internal static class RunningExplanation
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Shows the explanations of clicks. False, with nothing shown, where no process answers or a click is not there.</summary>
    /// <exception cref="HttpRequestException">The process refuses.</exception>
    public static async Task<bool> ShowAsync(Func<HttpClient> connect, IReadOnlyList<string> ids, bool lines, CancellationToken cancellationToken)
    {
        var shown = new List<JsonElement>();
        try
        {
            using var http = connect();
            foreach (var id in ids)
            {
                if (await new AdminClient(http).GetAsync<List<JsonElement>>($"/clicks/{Uri.EscapeDataString(id)}/explanation", cancellationToken) is not { } found) return false;
                shown.AddRange(found);
            }
        }
        catch (Exception e) when (e is HttpRequestException { StatusCode: null } or IOException)
        {
            return false;
        }

        foreach (var explanation in shown) Console.Out.WriteLine(JsonSerializer.Serialize(explanation, lines ? OneLine : Indented));
        return true;
    }
}
