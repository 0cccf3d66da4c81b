using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Adclicks.Domain.Audit;
using Adclicks.EventStore.Audit;
using Adclicks.Ingestion.Privacy;
using Adclicks.Ingestion.Privacy.Keys;
using Adclicks.Privacy;
using Adclicks.Projections;
using Adclicks.Projections.Archive;
using Adclicks.Projections.Explanation.Index;
using Adclicks.ReadApi.ApiPage;
using Microsoft.Extensions.Options;

namespace Adclicks.Admin;

/// <summary><c>/admin/privacy</c>: the keys of personal data, and what is held about a person. All but the overview is on the audit log.</summary>
internal static class PrivacyEndpoints
{
    private const int MaxUserIdChars = 256;

    /// <summary>How lines of the export are written and read.</summary>
    public static JsonSerializerOptions Lines { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Maps them, for admins.</summary>
    public static void MapPrivacy(this IEndpointRouteBuilder routes)
    {
        var privacy = routes.MapAdmin("/admin/privacy");
        privacy.MapGet("", (IKeyStore keys, IOptions<PrivacyOptions> options) =>
            Results.Json(new PrivacyReport([.. keys.Days().Select(PrivacyDay.Text)], options.Value.ShredAfterDays))).WithSummary("The days whose sealed copies can be opened").Produces<PrivacyReport>();
        privacy.MapPost("days/{day}/shred", Shred).Audited(AuditAction.DayShredded, "day {day}").WithSummary("Destroys the key of a day")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status400BadRequest).MayMiss().MayConflict();
        privacy.MapPost("rotate-master", (IKeyStore keys) => Results.Json(new RotationReport(keys.RotateMaster()))).Audited(AuditAction.MasterKeyRotated)
            .WithSummary("Wraps all keys anew").Produces<RotationReport>();
        privacy.MapPost("erase", EraseAsync).WithSummary("Makes what is held about a person unreadable").Produces<ErasureReport>();
        privacy.MapPost("export", ExportAsync).WithSummary("What is held about a person").MayConflict()
            .Answers("application/x-ndjson", "A line for each click, for how far the search is, and at its end.", "{\"progress\":{\"events\":4096,\"events_in_window\":4096,\"found\":0}}\n{\"end\":true}\n");
    }

    private static IResult Shred(string day, bool? force, IKeyStore keys, TimeProvider time)
    {
        if (PrivacyDay.Parse(day) is not { } number) return Results.Problem($"{day} is not a day like 2026-11-24.", statusCode: StatusCodes.Status400BadRequest);
        if (number >= PrivacyDay.Of(time.GetUtcNow()) && force != true)
            return Results.Problem($"{day} is not over: its key still seals what is received. With force, what was received so far becomes unreadable, and what comes gets a new key.", statusCode: StatusCodes.Status409Conflict);
        return keys.Shred(number) ? Results.NoContent() : Results.Problem($"There is no key of {day}.", statusCode: StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> EraseAsync(HttpContext http, PersonRequest person, IKeyStore keys, VisitorHasher hasher, AuditLog audit)
    {
        if (!IsUserId(person.UserId)) return NoUserId();
        var hash = hasher.OfVisitor(person.UserId!, "", "");
        var name = Convert.ToHexStringLower(hash);
        var days = await audit.RunAsync(EntryOf(http, AuditAction.PersonErased, name), _ => Task.FromResult((keys.Erase(hash), true)), http.RequestAborted);
        return Results.Json(new ErasureReport(name, [.. days.Select(PrivacyDay.Text)]));
    }

    /// <summary>Streams what there is, so an error on the way shows as an end without the last line.</summary>
    private static async Task<IResult> ExportAsync(HttpContext http, PersonRequest person, WholeLog log, LogPartitions partitions, IKeyStore keys, PersonalDataSealer sealer, VisitorHasher hasher, AuditLog audit)
    {
        if (!IsUserId(person.UserId)) return NoUserId();
        var hash = hasher.OfVisitor(person.UserId!, "", "");
        await audit.RecordAsync(EntryOf(http, AuditAction.PersonExported, Convert.ToHexStringLower(hash)), http.RequestAborted);
        var search = new PersonSearch(log, partitions, keys, sealer);
        IReadOnlyList<RevisionRange> ranges;
        try
        {
            ranges = await search.RangesAsync(http.RequestAborted);
        }
        catch (InvalidDataException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status409Conflict);
        }

        return Results.Stream(
            async body =>
            {
                await foreach (var (click, progress) in search.FindAsync(ranges, hash, http.RequestAborted)) await WriteAsync(body, new ExportLine(click, progress), http.RequestAborted);
                await WriteAsync(body, new ExportLine(End: true), http.RequestAborted);
            },
            "application/x-ndjson");
    }

    private static async Task WriteAsync(Stream body, ExportLine line, CancellationToken cancellationToken)
    {
        await JsonSerializer.SerializeAsync(body, line, Lines, cancellationToken);
        await body.WriteAsync("\n"u8.ToArray(), cancellationToken);
        if (line.Click is null) await body.FlushAsync(cancellationToken);
    }

    /// <summary>The person is named by the keyed hash: the audit log is never rewritten, and holds no personal data.</summary>
    private static AuditEntry EntryOf(HttpContext http, AuditAction action, string visitorHash) =>
        new(action, $"visitor {visitorHash}", AuditActor.Of(http.User), AuditOutcome.Succeeded, http.TraceIdentifier);

    private static bool IsUserId(string? id) => id is { Length: > 0 and <= MaxUserIdChars };

    private static IResult NoUserId() => Results.Problem($"user_id must have 1 to {MaxUserIdChars} characters.", statusCode: StatusCodes.Status400BadRequest);
}
