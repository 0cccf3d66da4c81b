using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Adclicks.Commands;

/// <summary>Asks the admin endpoints of a running process.</summary>
internal sealed class AdminClient(HttpClient http)
{
    /// <summary>The answer; null where there is no such thing.</summary>
    /// <exception cref="HttpRequestException">There is no answer, or it is a refusal, whose reason is the message.</exception>
    public async Task<T?> GetAsync<T>(string path, CancellationToken cancellationToken) where T : class
    {
        using var response = await http.GetAsync(Relative(path), cancellationToken);
        return await IsThereAsync(response, cancellationToken) ? await response.Content.ReadFromJsonAsync<T>(cancellationToken) : null;
    }

    /// <summary>Posts, with or without a body. The answer; null where there is none.</summary>
    /// <exception cref="HttpRequestException">There is no answer, or it is a refusal, whose reason is the message.</exception>
    public async Task<T?> PostAsync<T>(string path, object? body, CancellationToken cancellationToken) where T : class
    {
        using var content = body is null ? null : JsonContent.Create(body);
        using var response = await http.PostAsync(Relative(path), content, cancellationToken);
        return await IsThereAsync(response, cancellationToken) && response.Content.Headers.ContentLength is not 0
            ? await response.Content.ReadFromJsonAsync<T>(cancellationToken)
            : null;
    }

    /// <summary>Posts; false where there is no such thing.</summary>
    /// <exception cref="HttpRequestException">There is no answer, or it is a refusal, whose reason is the message.</exception>
    public async Task<bool> PostAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await http.PostAsync(Relative(path), null, cancellationToken);
        return await IsThereAsync(response, cancellationToken);
    }

    /// <summary>Posts a body; the lines of the answer, as they come.</summary>
    /// <exception cref="HttpRequestException">There is no answer, or it is a refusal, whose reason is the message; or it broke off.</exception>
    public async IAsyncEnumerable<string> PostLinesAsync(string path, object body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Relative(path)) { Content = JsonContent.Create(body) };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!await IsThereAsync(response, cancellationToken)) throw new HttpRequestException($"{http.BaseAddress} has no {path}: it does not take clicks in.");
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await lines.ReadLineAsync(cancellationToken) is { } line) yield return line;
    }

    /// <summary>Deletes; false where there is no such thing.</summary>
    /// <exception cref="HttpRequestException">There is no answer, or it is a refusal, whose reason is the message.</exception>
    public async Task<bool> DeleteAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await http.DeleteAsync(Relative(path), cancellationToken);
        return await IsThereAsync(response, cancellationToken);
    }

    private static Uri Relative(string path) => new(path, UriKind.Relative);

    private async Task<bool> IsThereAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode) return true;
        if (response.StatusCode == HttpStatusCode.NotFound) return false;
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        throw new HttpRequestException(DetailOf(body) ?? $"{http.BaseAddress} answers {(int)response.StatusCode}.", null, response.StatusCode);
    }

    private static string? DetailOf(string body)
    {
        try
        {
            using var problem = JsonDocument.Parse(body);
            return problem.RootElement.TryGetProperty("detail", out var detail) ? detail.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
