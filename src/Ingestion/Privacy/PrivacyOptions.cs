using System.ComponentModel.DataAnnotations;

namespace Adclicks.Ingestion.Privacy;

/// <summary>Settings of personal data, from the section <c>Privacy</c>.</summary>
public sealed class PrivacyOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Privacy";

    /// <summary>The folder of keys, below the data directory unless absolute. All nodes of an installation need the same.</summary>
    [Required]
    public string KeyFolder { get; set; } = "secrets";

    /// <summary>
    /// The key of visitor hashes: 32 bytes in Base64. Without it, the one in <c>visitor.key</c> of the key folder, made at first start. All
    /// ingest nodes of an installation need the same.
    /// </summary>
    public string? VisitorKey { get; set; }

    /// <summary>The file of the master key, below the data directory unless absolute; made where it is needed and not there.</summary>
    [Required]
    public string MasterKeyFile { get; set; } = "secrets/master.key";

    /// <summary>The master key itself, 32 bytes in Base64, in place of the file.</summary>
    public string? MasterKey { get; set; }

    /// <summary>Master keys that only unwrap, until <c>privacy rotate-master</c> has wrapped everything anew.</summary>
    public string[] PreviousMasterKeys { get; set; } = [];

    /// <summary>A command that has the master key, in place of setting and file.</summary>
    public string? MasterKeyCommand { get; set; }

    /// <summary>How long that command may take, in milliseconds.</summary>
    [Range(10, 60_000)]
    public int MasterKeyTimeoutMs { get; set; } = 5_000;

    /// <summary>The key of a day is destroyed after so many whole days; 0 for never.</summary>
    [Range(0, 3_650)]
    public int ShredAfterDays { get; set; } = 30;

    /// <summary>How often it is looked whether a key in memory is still the one that is kept, in milliseconds.</summary>
    [Range(10, 60_000)]
    public int RefreshMs { get; set; } = 1_000;
}
