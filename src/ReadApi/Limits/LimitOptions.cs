namespace Adclicks.ReadApi.Limits;

/// <summary>How much one key may ask of reports: the section <c>ReadApi:PerKey</c>.</summary>
public sealed class LimitOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "ReadApi:PerKey";

    /// <summary>Requests a second in the long run (default 2,000).</summary>
    public int RequestsPerSecond { get; set; } = 2_000;

    /// <summary>Requests at once after a pause (default 4,000).</summary>
    public int Burst { get; set; } = 4_000;

    /// <summary>Requests answered at the same time (default 32).</summary>
    public int Concurrent { get; set; } = 32;

    /// <summary>Requests that wait for that, in order (default 256); one more is refused.</summary>
    public int Waiting { get; set; } = 256;

    /// <summary>What is wrong with the settings, naming the key; null for nothing.</summary>
    public string? Problem()
    {
        foreach (var (name, value, least) in new[] { (nameof(RequestsPerSecond), RequestsPerSecond, 1), (nameof(Burst), Burst, 1), (nameof(Concurrent), Concurrent, 1), (nameof(Waiting), Waiting, 0) })
        {
            if (value < least || value > 1_000_000) return $"{Section}:{name} must be from {least} to 1000000.";
        }

        return null;
    }
}
