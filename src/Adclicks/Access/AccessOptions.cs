namespace Adclicks.Access;

/// <summary>Settings of the section <c>Access</c>.</summary>
internal sealed class AccessOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Access";

    /// <summary>Managed keys that may be good at the same time (default 10,000; 1 to 1,000,000).</summary>
    public int MaxKeys { get; set; } = 10_000;

    /// <summary>How long a start waits for the keys, in milliseconds (default 10,000; 0 to 600,000). Then it goes on without those of the log.</summary>
    public int KeysStartTimeoutMs { get; set; } = 10_000;

    /// <summary>The wait before reading on after the log failed, in milliseconds (default 500; 1 to 60,000).</summary>
    public int KeysRetryMs { get; set; } = 500;

    /// <summary>What is wrong with the settings, naming the key; null for nothing.</summary>
    public string? Problem()
    {
        if (MaxKeys is < 1 or > 1_000_000) return $"{Section}:MaxKeys must be from 1 to 1000000.";
        if (KeysStartTimeoutMs is < 0 or > 600_000) return $"{Section}:KeysStartTimeoutMs must be from 0 to 600000.";
        return KeysRetryMs is < 1 or > 60_000 ? $"{Section}:KeysRetryMs must be from 1 to 60000." : null;
    }
}
