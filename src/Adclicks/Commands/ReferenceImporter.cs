using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sylvan.Data.Csv;

namespace Adclicks.Commands;

/// <summary>What an import came to.</summary>
internal sealed record ReferenceImportSummary(int Created, int Changed, int Unchanged, int Rejected, TimeSpan Elapsed)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Created:N0} created, {Changed:N0} changed, {Unchanged:N0} unchanged, {Rejected:N0} rejected, in {Elapsed.TotalSeconds:F1} s";
}

/// <summary>
/// Sends the rows of a CSV file to a server, one after the other, so that parents are there before their children.
/// Trying a row again does no harm: the same state twice is one event.
/// </summary>
internal sealed class ReferenceImporter(HttpClient client, TimeProvider time, TextWriter errors)
{
    private const int MaxAttempts = 8;
    private const int MaxProblemLength = 500;
    private static readonly TimeSpan _firstWait = TimeSpan.FromMilliseconds(100);

    /// <summary>Reads to the end.</summary>
    /// <exception cref="InvalidDataException">The file is not what it should be, or the key is refused.</exception>
    /// <exception cref="HttpRequestException">The server did not answer, again and again.</exception>
    public async Task<ReferenceImportSummary> ImportAsync(TextReader text, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var rows = new Dictionary<string, int>(StringComparer.Ordinal);
        try
        {
            await using var csv = await CsvDataReader.CreateAsync(text, null, cancellationToken);
            var columns = Enumerable.Range(0, csv.FieldCount).Select(csv.GetName).ToArray();
            if (!columns.Contains("kind") || !columns.Contains("id")) throw new InvalidDataException("The header must have the columns kind and id.");
            if (columns.Distinct(StringComparer.Ordinal).Count() != columns.Length) throw new InvalidDataException("The header has a column twice.");
            while (await csv.ReadAsync(cancellationToken))
            {
                var cells = Enumerable.Range(0, csv.RowFieldCount).Select(csv.GetString).ToArray();
                if (cells is [] or [""]) continue;
                var row = new ReferenceRow(columns, cells);
                var problem = row.Problem;
                // Of two rows about one item the second would undo the first, and the first the second when the file comes again.
                if (problem is null && !rows.TryAdd(row.Path, csv.RowNumber)) problem = $"row {rows[row.Path]} is about the same item";
                var change = problem is null ? await SendAsync(row, p => problem = p, cancellationToken) : null;
                if (change is null) await errors.WriteLineAsync($"Row {csv.RowNumber} ({row.Id}): {problem}");
                counts[change ?? ""] = counts.GetValueOrDefault(change ?? "") + 1;
            }
        }
        catch (CsvFormatException e)
        {
            throw new InvalidDataException($"Row {e.RowNumber} is not CSV: {e.Message}", e);
        }

        return new(
            counts.GetValueOrDefault("created"), counts.GetValueOrDefault("changed"), counts.GetValueOrDefault("unchanged"),
            counts.GetValueOrDefault(""), time.GetElapsedTime(start));
    }

    /// <summary>What the server says it came to; null where it refused the row.</summary>
    private async Task<string?> SendAsync(ReferenceRow row, Action<string> problem, CancellationToken cancellationToken)
    {
        for (var (attempt, wait) = (1, _firstWait); ; attempt++, wait *= 2)
        {
            using var response = await PutAsync(row, attempt, cancellationToken);
            switch (response?.StatusCode)
            {
                case HttpStatusCode.OK or HttpStatusCode.Created:
                    return response.Headers.TryGetValues("Adclicks-Change", out var change) ? change.First() : "changed";
                case HttpStatusCode.BadRequest:
                    problem(Describe(await response.Content.ReadAsStringAsync(cancellationToken)));
                    return null;
                case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                    throw new InvalidDataException($"The key is refused ({(int)response.StatusCode}); an admin key is needed.");
                case null or HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests or HttpStatusCode.PreconditionFailed when attempt < MaxAttempts:
                    await Task.Delay(wait, time, cancellationToken);
                    break;
                default:
                    throw new HttpRequestException($"The server answers {(int)response!.StatusCode}.");
            }
        }
    }

    /// <summary>Null where the connection failed and may be tried again.</summary>
    private async Task<HttpResponseMessage?> PutAsync(ReferenceRow row, int attempt, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(row.Path, UriKind.Relative));
            var body = row.Body;
            if (row.Untold.Count != 0)
            {
                var held = await client.GetAsync(request.RequestUri, cancellationToken);
                if (held.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.NotFound)) return held;
                using (held) body = await OverAsync(row, held, request, cancellationToken);
            }

            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
            return await client.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException) when (attempt < MaxAttempts)
        {
            return null;
        }
    }

    /// <summary>What to put over the item that is there, if it still is that one (or still none) then.</summary>
    private static async Task<JsonObject> OverAsync(ReferenceRow row, HttpResponseMessage held, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (held.StatusCode == HttpStatusCode.NotFound)
        {
            request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any);
            return row.Body;
        }

        if (held.Headers.ETag is { } tag) request.Headers.IfMatch.Add(tag);
        return row.BodyOver((await held.Content.ReadFromJsonAsync<JsonObject>(cancellationToken))!);
    }

    /// <summary>The fields of a problem document and what is wrong with each, on one line.</summary>
    private static string Describe(string problem)
    {
        try
        {
            using var document = JsonDocument.Parse(problem);
            var fields = document.RootElement.GetProperty("errors").EnumerateObject().Select(e => $"{e.Name} {e.Value[0].GetString()}".Trim());
            return string.Join("; ", fields);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            return problem.Length > MaxProblemLength ? problem[..MaxProblemLength] : problem;
        }
    }
}
