using System.Text.Json.Serialization;
using Adclicks.Domain.Audit;
using Adclicks.EventStore.Audit;
using Adclicks.Projections.Archive;
using Adclicks.Projections.Archive.Stores;
using Microsoft.Extensions.Options;

namespace Adclicks.Admin;

/// <summary><c>/admin/archive</c>: takes from the log what is archived.</summary>
internal static class ArchiveEndpoints
{
    /// <summary>Maps it, for admins.</summary>
    public static void MapArchive(this IEndpointRouteBuilder routes) => routes.MapAdmin("/admin/archive")
        .MapPost("trim", TrimAsync).Audited(AuditAction.LogTruncated).WithSummary("Takes from the log what is archived").Produces<TrimReport>().MayConflict();

    private static async Task<IResult> TrimAsync(TrimRequest? request, LogTrimmer trimmer, IOptions<ArchiveOptions> options, CancellationToken cancellationToken)
    {
        if (request?.KeepLogDays is not (>= 0 and <= ArchiveOptions.MaxKeepLogDays) || request.Place is not { Length: > 0 }) return Results.Problem($"place and keep_log_days, 0 to {ArchiveOptions.MaxKeepLogDays}, are needed.", statusCode: StatusCodes.Status400BadRequest);
        // Whoever starts later must find there what the log no longer has.
        if (options.Value.To is not { Length: > 0 } to) return Results.Problem("Archive:To is not set for this process: it would not find again what is taken from the log.", statusCode: StatusCodes.Status409Conflict);
        try
        {
            using var store = ArchiveStores.Open(to, options.Value.S3);
            if (store.Location != request.Place) return Results.Problem($"Archive:To of this process is {store.Location}, not {request.Place}: it would not find again what is taken from the log.", statusCode: StatusCodes.Status409Conflict);
            var trim = await trimmer.TrimAsync(store, request.KeepLogDays.Value, cancellationToken);
            return Results.Json(new TrimReport(trim.Events, trim.IsDone, [.. trim.Streams.Select(s => new TrimmedReport(s.Stream, s.From, s.Before))]));
        }
        catch (InvalidDataException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status409Conflict);
        }
    }
}

/// <summary>The body of <c>POST /admin/archive/trim</c>.</summary>
/// <param name="Place">The archive, as its full path or <c>s3://bucket/prefix</c>: that of the process, or it refuses.</param>
/// <param name="KeepLogDays">Days of receipt that stay.</param>
internal sealed record TrimRequest([property: JsonPropertyName("place")] string? Place, [property: JsonPropertyName("keep_log_days")] int? KeepLogDays);

/// <summary>Its answer.</summary>
/// <param name="Events">Taken from the log.</param>
/// <param name="IsDone">Whether there is no more to do now.</param>
/// <param name="Streams">Where they were.</param>
internal sealed record TrimReport([property: JsonPropertyName("events")] long Events, [property: JsonPropertyName("done")] bool IsDone, [property: JsonPropertyName("streams")] IReadOnlyList<TrimmedReport> Streams);

/// <summary>A stream that begins later now.</summary>
/// <param name="Stream">Its name.</param>
/// <param name="From">The revision it began with.</param>
/// <param name="Before">The revision it begins with.</param>
internal sealed record TrimmedReport([property: JsonPropertyName("stream")] string Stream, [property: JsonPropertyName("from")] long From, [property: JsonPropertyName("before")] long Before);
