namespace Adclicks.Bench.Project;

/// <summary>How long a part of a measurement may take before it has failed.</summary>
internal static class Patience
{
    private const double LeastClicksPerSecond = 1_000;

    /// <summary>Two minutes, and a second for each thousand clicks.</summary>
    public static TimeSpan For(long clicks) => TimeSpan.FromMinutes(2) + TimeSpan.FromSeconds(clicks / LeastClicksPerSecond);
}
