using System.ComponentModel.DataAnnotations;

namespace Adclicks.Ingestion.Redirects;

/// <summary>Settings of redirects, from the section <c>Ingestion:Redirects</c>.</summary>
public sealed class RedirectOptions
{
    /// <summary>How many used nonces a node remembers (default 262,144; about 40 bytes each).</summary>
    [Range(1, 16_777_216)]
    public int RememberedNonces { get; set; } = 262_144;

    /// <summary>The file of the URL keys; by default <c>secrets/url-keys.json</c> in the data directory.</summary>
    public string? KeyFile { get; set; }
}
