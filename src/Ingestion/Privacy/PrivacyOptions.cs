namespace Adclicks.Ingestion.Privacy;

/// <summary>Settings of personal data, from the section <c>Privacy</c>.</summary>
public sealed class PrivacyOptions
{
    /// <summary>
    /// The key of visitor hashes: 32 bytes in Base64. Without it, the one in <c>secrets/visitor.key</c> of the data
    /// directory, made at first start. All ingest nodes of an installation need the same.
    /// </summary>
    public string? VisitorKey { get; set; }
}
