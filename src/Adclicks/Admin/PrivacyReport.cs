using System.Text.Json.Serialization;
using Adclicks.Privacy;

namespace Adclicks.Admin;

/// <summary>The answer of <c>GET /admin/privacy</c>.</summary>
/// <param name="Days">The days of receipt whose sealed copies can be opened.</param>
/// <param name="ShredAfterDays">How many whole days a key is kept; 0 for without end.</param>
internal sealed record PrivacyReport(
    [property: JsonPropertyName("days")] IReadOnlyList<string> Days,
    [property: JsonPropertyName("shred_after_days")] int ShredAfterDays);

/// <summary>Whom a request is about. In the body: addresses of requests end up in the logs of proxies.</summary>
/// <param name="UserId">As clicks give it.</param>
internal sealed record PersonRequest([property: JsonPropertyName("user_id")] string? UserId);

/// <summary>The answer of <c>POST /admin/privacy/erase</c>.</summary>
/// <param name="VisitorHash">The keyed hash that stays, in hexadecimal.</param>
/// <param name="Days">The days of receipt whose keys lost the visitor's part by it.</param>
internal sealed record ErasureReport(
    [property: JsonPropertyName("visitor_hash")] string VisitorHash,
    [property: JsonPropertyName("days")] IReadOnlyList<string> Days);

/// <summary>The answer of <c>POST /admin/privacy/rotate-master</c>.</summary>
/// <param name="Keys">How many keys were wrapped anew.</param>
internal sealed record RotationReport([property: JsonPropertyName("keys")] int Keys);

/// <summary>A line of the answer of <c>POST /admin/privacy/export</c>: a click, or how far the search is, or that it is at its end.</summary>
internal sealed record ExportLine(
    [property: JsonPropertyName("click")] PersonClick? Click = null,
    [property: JsonPropertyName("progress")] SearchProgress? Progress = null,
    [property: JsonPropertyName("end")] bool? End = null);
