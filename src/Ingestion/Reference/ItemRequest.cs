using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Adclicks.Domain.Reference;
using FluentValidation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Adclicks.Ingestion.Reference;

/// <summary>Reads the item that a request is about: its id from the path, its state from the body.</summary>
internal static class ItemRequest
{
    private const string Prefix = "/reference/";
    private const int MaxFieldLength = 64;

    private static readonly AdvertiserValidator _advertiser = new();
    private static readonly CampaignValidator _campaign = new();
    private static readonly AdValidator _ad = new();
    private static readonly PublisherValidator _publisher = new();
    private static readonly RuleValidator _rule = new();

    /// <summary>
    /// The id in the path. Real ids hold slashes, and the server leaves an encoded one as it is, so that <c>a%2Fb</c> and
    /// <c>a%252Fb</c> look the same once routed: the id is taken from the request line, behind <c>/reference/…/</c>.
    /// </summary>
    public static string IdOf(HttpContext context)
    {
        var target = (context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "").AsSpan();
        var path = target.IndexOf('?') is >= 0 and var query ? target[..query] : target;
        var start = path.IndexOf(Prefix, StringComparison.OrdinalIgnoreCase);
        if (start < 0) return context.Request.RouteValues["id"] as string ?? "";
        var afterCollection = path[(start + Prefix.Length)..];
        var id = afterCollection[(afterCollection.IndexOf('/') + 1)..];
        return Uri.UnescapeDataString(id.IndexOf('/') is >= 0 and var end ? id[..end] : id);
    }

    /// <summary>The item in the body, or the problems by field.</summary>
    public static async Task<(ReferenceItem? Item, Dictionary<string, string[]> Errors)> ReadAsync(
        HttpRequest request, ReferenceKind kind, string id, int maxBytes, CancellationToken cancellationToken)
    {
        if (TextRules.OfId(id) is { } idProblem) return Error("id", idProblem);
        if (kind == ReferenceKind.Rule && id.Length > ReferenceLimits.RuleIdLength)
            return Error("id", $"must not be longer than {ReferenceLimits.RuleIdLength} characters");
        try
        {
            var json = await ReadBodyAsync(request, maxBytes, cancellationToken);
            if (json is null) return Error("", $"The body must not be larger than {maxBytes} bytes.");
            return kind switch
            {
                ReferenceKind.Advertiser => Validate(json, id, ReferenceHttpJson.Default.AdvertiserBody, _advertiser),
                ReferenceKind.Campaign => Validate(json, id, ReferenceHttpJson.Default.CampaignBody, _campaign),
                ReferenceKind.Ad => Validate(json, id, ReferenceHttpJson.Default.AdBody, _ad),
                ReferenceKind.Publisher => Validate(json, id, ReferenceHttpJson.Default.PublisherBody, _publisher),
                _ => Validate(json, id, ReferenceHttpJson.Default.RuleBody, _rule),
            };
        }
        catch (JsonException e)
        {
            // The message may repeat the input; where it went wrong is all the client needs.
            var field = e.Path?.TrimStart('$', '.') ?? "";
            return Error(field.Length > MaxFieldLength ? "" : field, field.Length == 0
                ? $"The body must be a JSON object (line {e.LineNumber + 1}, byte {e.BytePositionInLine})."
                : "is unknown, repeated or of another type");
        }
    }

    private static (ReferenceItem? Item, Dictionary<string, string[]> Errors) Validate<T>(
        byte[] json, string id, JsonTypeInfo<T> type, IValidator<T> validator) where T : ItemBody
    {
        var body = JsonSerializer.Deserialize(json, type);
        if (body is null) return Error("", "The body must be a JSON object.");
        if (body.Id is not null && body.Id != id) return Error("id", "must be the one in the path, or left out");
        var result = validator.Validate(body);
        return result.IsValid ? (body.ToItem(id), []) : (null, new(result.ToDictionary(), StringComparer.Ordinal));
    }

    private static async Task<byte[]?> ReadBodyAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes) return null;
        using var body = new MemoryStream();
        var buffer = new byte[8192];
        for (int read; (read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (body.Length + read > maxBytes) return null;
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    private static (ReferenceItem? Item, Dictionary<string, string[]> Errors) Error(string field, string problem) =>
        (null, new(StringComparer.Ordinal) { [field] = [problem] });
}
