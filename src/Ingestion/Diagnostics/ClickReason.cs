namespace Adclicks.Ingestion.Diagnostics;

/// <summary>Why a request did not become a click: the label <c>reason</c> of the metrics, and of <c>rejected-clicks</c>.</summary>
public enum ClickReason
{
    /// <summary>A field is not within its limits.</summary>
    Invalid,

    /// <summary>The body is not what its content type says, or larger than the limit.</summary>
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

    /// <summary>The log was down and no more could be kept on this machine; the visitor was sent on.</summary>
    SpillFull,
}
