using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Adclicks.Ingestion.Reference;

/// <summary>
/// What <c>If-Match</c> and <c>If-None-Match</c> ask of an item. Its entity tag is the revision of its last event, in
/// quotes; an item that was removed has none.
/// </summary>
/// <param name="Revisions">Its tag must be one of these; null for no such demand.</param>
/// <param name="MustExist">It must be there (<c>If-Match: *</c>).</param>
/// <param name="MustNotExist">It must not be there (<c>If-None-Match: *</c>).</param>
public readonly record struct Precondition(IReadOnlyList<long>? Revisions, bool MustExist, bool MustNotExist)
{
    private const long Never = -2;

    /// <summary>No demand.</summary>
    public static Precondition None => default;

    /// <summary>The entity tag of a revision.</summary>
    public static string TagOf(long revision) => string.Create(CultureInfo.InvariantCulture, $"\"{revision}\"");

    /// <summary>Whether an item is as demanded.</summary>
    /// <param name="revision">Of its last event; null where it is not there.</param>
    public bool IsMetBy(long? revision) =>
        !(MustNotExist && revision is not null)
        && !(MustExist && revision is null)
        && (Revisions is null || (revision is { } r && Revisions.Contains(r)));

    /// <summary>
    /// Whether a reader has an item already: <c>If-None-Match</c> is <c>*</c> or has its tag, weak or not (RFC 9110, 13.1.2). A header
    /// that cannot be read is none.
    /// </summary>
    /// <param name="headers">Of the request.</param>
    /// <param name="revision">Of the item's last event.</param>
    public static bool IsHeld(IHeaderDictionary headers, long revision) =>
        EntityTagHeaderValue.TryParseStrictList([.. headers.IfNoneMatch.OfType<string>()], out var tags)
        && tags.Any(t => t.Tag == "*" || t.Compare(new EntityTagHeaderValue(TagOf(revision)), useStrongComparison: false));

    /// <summary>Reads the headers of a write.</summary>
    /// <param name="headers">Of the request.</param>
    /// <param name="precondition">What they ask.</param>
    /// <param name="problem">The header that cannot be read; taking it for absent would overwrite what it protects.</param>
    public static bool TryRead(IHeaderDictionary headers, out Precondition precondition, out string? problem)
    {
        (precondition, problem) = (None, null);
        if (headers.IfNoneMatch.Count != 0 && headers.IfNoneMatch.ToString().Trim() != "*") problem = HeaderNames.IfNoneMatch;
        else if (headers.IfMatch.Count == 0) precondition = new(null, false, headers.IfNoneMatch.Count != 0);
        else if (!EntityTagHeaderValue.TryParseStrictList([.. headers.IfMatch.OfType<string>()], out var tags)) problem = HeaderNames.IfMatch;
        else if (tags.Any(t => t.Tag == "*")) precondition = new(null, true, headers.IfNoneMatch.Count != 0);
        else precondition = new([.. tags.Select(RevisionOf)], false, headers.IfNoneMatch.Count != 0);
        return problem is null;
    }

    private static long RevisionOf(EntityTagHeaderValue tag) =>
        !tag.IsWeak && long.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : Never;
}
