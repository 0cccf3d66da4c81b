namespace Adclicks.Domain.Reference;

/// <summary>What a reference item is.</summary>
public enum ReferenceKind
{
    /// <summary>Who pays for clicks.</summary>
    Advertiser,

    /// <summary>A set of ads of one advertiser.</summary>
    Campaign,

    /// <summary>What is clicked.</summary>
    Ad,

    /// <summary>Who shows ads and is paid for clicks.</summary>
    Publisher,

    /// <summary>An invalid-traffic rule.</summary>
    Rule,
}
