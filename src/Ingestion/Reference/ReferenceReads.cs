using System.Globalization;
using System.Text.Json;
using Adclicks.Domain.Reference;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.EventStore.Reference;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Adclicks.Ingestion.Reference;

/// <summary>Answers questions about reference data from what this node has applied.</summary>
internal sealed class ReferenceReads(ReferenceFeed feed, IEventLog log, IOptions<ReferenceWriteOptions> options)
{
    private const int DefaultPage = 100;

    /// <summary>One item, with its tag.</summary>
    public IResult Get(ReferenceKind kind, HttpContext http)
    {
        if (feed.History.Current.FindVersion(kind, ItemRequest.IdOf(http)) is not { Item: { } item } version) return ReferenceProblems.NotFound();
        http.Response.Headers.ETag = Precondition.TagOf(version.Revision);
        return Precondition.IsHeld(http.Request.Headers, version.Revision)
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Bytes(ReferenceEvents.ToJson(item), "application/json");
    }

    /// <summary>A page of items, ordered by id; <c>next</c> is the <c>after</c> of the next page, null on the last.</summary>
    public IResult List(ReferenceKind kind, HttpContext http)
    {
        if (!TryPage(http, out var limit)) return ReferenceProblems.Invalid("limit", $"must be from 1 to {options.Value.MaxPage}");
        var after = http.Request.Query["after"].ToString();
        var page = feed.History.Current.All(kind)
            .Where(v => string.CompareOrdinal(v.Item!.Id, after) > 0)
            .OrderBy(v => v.Item!.Id, StringComparer.Ordinal)
            .Take(limit + 1)
            .ToList();
        var next = page.Count > limit ? page[limit - 1].Item!.Id : null;
        return Json(writer =>
        {
            writer.WriteStartArray("items");
            foreach (var version in page.Take(limit)) Write(writer, version, null);
            writer.WriteEndArray();
            writer.WriteString("next", next);
        });
    }

    /// <summary>A page of versions, newest first, with when and by whom; <c>next</c> is the <c>before</c> of the next page.</summary>
    public async Task<IResult> HistoryAsync(ReferenceKind kind, HttpContext http)
    {
        if (!TryPage(http, out var limit)) return ReferenceProblems.Invalid("limit", $"must be from 1 to {options.Value.MaxPage}");
        if (!TryNumber(http, "before", long.MaxValue, out var before)) return ReferenceProblems.Invalid("before", "must be a revision");
        var id = ItemRequest.IdOf(http);
        var versions = feed.History.VersionsOf(kind, id);
        if (versions.Count == 0) return ReferenceProblems.NotFound();
        var page = versions.Reverse().Where(v => v.Revision < before).Take(limit + 1).ToList();
        var events = new List<RecordedEvent?>();
        foreach (var version in page.Take(limit)) events.Add(await ReadAsync(version.Revision, http.RequestAborted));
        return Json(writer =>
        {
            writer.WriteString("id", id);
            writer.WriteStartArray("versions");
            for (var i = 0; i < events.Count; i++) Write(writer, page[i], events[i]);
            writer.WriteEndArray();
            if (page.Count > limit) writer.WriteNumber("next", page[limit - 1].Revision);
            else writer.WriteNull("next");
        });
    }

    private async Task<RecordedEvent?> ReadAsync(long revision, CancellationToken cancellationToken)
    {
        await foreach (var e in log.ReadAsync(StreamNames.Reference, ReadDirection.Forwards, revision, 1, cancellationToken)) return e;
        return null;
    }

    private static void Write(Utf8JsonWriter writer, ItemVersion version, RecordedEvent? recorded)
    {
        writer.WriteStartObject();
        writer.WriteNumber("revision", version.Revision);
        if (recorded is not null)
        {
            writer.WriteString("type", recorded.Type);
            writer.WriteString("at", recorded.Created.UtcDateTime);
            writer.WriteString("by", ReferenceWriter.AuthorOf(recorded));
        }

        writer.WritePropertyName("item");
        if (version.Item is { } item) writer.WriteRawValue(ReferenceEvents.ToJson(item), skipInputValidation: true);
        else writer.WriteNullValue();
        writer.WriteEndObject();
    }

    private static IResult Json(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return Results.Bytes(buffer.ToArray(), "application/json");
    }

    private bool TryPage(HttpContext http, out int limit)
    {
        var given = TryNumber(http, "limit", Math.Min(DefaultPage, options.Value.MaxPage), out var number);
        limit = (int)Math.Clamp(number, 0, int.MaxValue);
        return given && number >= 1 && number <= options.Value.MaxPage;
    }

    private static bool TryNumber(HttpContext http, string name, long absent, out long number)
    {
        number = absent;
        return !http.Request.Query.TryGetValue(name, out var text)
            || long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
