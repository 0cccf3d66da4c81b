namespace Adclicks.Domain.Audit;

/// <summary>What was done. On the wire in lower case with hyphens: <c>generation-switched</c>. Names are never reused.</summary>
public enum AuditAction
{
    /// <summary>An API key was made.</summary>
    KeyCreated,

    /// <summary>An API key was revoked.</summary>
    KeyRevoked,

    /// <summary>A key or token was given that is not good.</summary>
    LoginRefused,

    /// <summary>A caller asked for what its role may not have.</summary>
    AccessRefused,

    /// <summary>An advertiser, campaign, ad or publisher was defined or removed.</summary>
    ReferenceChanged,

    /// <summary>An invalid-traffic rule was defined or removed.</summary>
    RuleChanged,

    /// <summary>A generation of read models was begun.</summary>
    GenerationBuilt,

    /// <summary>A generation that had stopped on a dead letter went on.</summary>
    GenerationResumed,

    /// <summary>Reports read another generation from then on.</summary>
    GenerationSwitched,

    /// <summary>A generation was dropped.</summary>
    GenerationDropped,

    /// <summary>A dead letter was tried again.</summary>
    DeadLetterRetried,

    /// <summary>A dead letter was given up.</summary>
    DeadLetterDiscarded,

    /// <summary>Hours were closed on demand.</summary>
    BillingClosed,

    /// <summary>A signing key of click URLs was made.</summary>
    UrlKeyRotated,

    /// <summary>A signing key of click URLs was removed.</summary>
    UrlKeyRemoved,

    /// <summary>A statement was handed out.</summary>
    StatementExported,

    /// <summary>A report was handed out as CSV.</summary>
    ReportExported,

    /// <summary>A click was explained.</summary>
    ClickExplained,

    /// <summary>A day's personal data was made unreadable.</summary>
    DayShredded,

    /// <summary>Keys of personal data were wrapped anew by the master key.</summary>
    MasterKeyRotated,

    /// <summary>What is held about a person was handed out.</summary>
    PersonExported,

    /// <summary>What is held about a person was made unreadable.</summary>
    PersonErased,

    /// <summary>Closed hours were archived on demand.</summary>
    Archived,

    /// <summary>Archived events were taken out of the log.</summary>
    LogTruncated,

    /// <summary>A backup was made.</summary>
    BackupMade,

    /// <summary>A backup was restored.</summary>
    BackupRestored,
}

/// <summary>How far an action came.</summary>
public enum AuditOutcome
{
    /// <summary>It was about to begin; its end is another entry with the same correlation id.</summary>
    Started,

    /// <summary>It was done.</summary>
    Succeeded,

    /// <summary>It was not done, or not wholly.</summary>
    Failed,

    /// <summary>The caller may not.</summary>
    Refused,
}
