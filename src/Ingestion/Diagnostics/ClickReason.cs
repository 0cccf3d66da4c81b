namespace Adclicks.Ingestion.Diagnostics;

/// <summary>
/// Why a click was refused, dropped, or recorded with a mark against it: the label <c>reason</c> of the metrics, the reason on
/// <c>rejected-clicks</c>, and the mark in the click. All of them are explained in <c>docs/ingestion.md</c>.
/// </summary>
public enum ClickReason
{
    /// <summary>A field is not within its limits.</summary>
    Invalid,

    /// <summary>The body is not what its content type says, of a type that is not taken, or larger than the limit.</summary>
    Malformed,

    /// <summary>The log was busy or away; the client was told to try again.</summary>
    Unavailable,

    /// <summary>The same click is in the log already: a retry, acknowledged again.</summary>
    AlreadyRecorded,

    /// <summary>A HEAD request.</summary>
    Head,

    /// <summary>The browser fetched ahead of a click that may never come.</summary>
    Prefetch,

    /// <summary>The signature of the URL does not verify.</summary>
    BadSignature,

    /// <summary>The signature of the URL has expired.</summary>
    ExpiredSignature,

    /// <summary>The URL asked for leads where the ad may not.</summary>
    TargetNotAllowed,

    /// <summary>The URL asked for is not one of the web.</summary>
    TargetMalformed,

    /// <summary>The log was down or had no room, and no more could be kept on this machine; the visitor was sent on.</summary>
    SpillFull,

    /// <summary>More than its address or key may send: a POST is refused, a pixel is recorded with this as its mark.</summary>
    RateLimited,

    /// <summary>A mark: the nonce of the signed URL was used before.</summary>
    DuplicateNonce,
}
