using Adclicks.Domain.Rollups;

namespace Adclicks.ReadApi.Planning;

/// <summary>Where the read models are. Lower-case names without need of quotes.</summary>
internal static class RollupTables
{
    public const string Dictionary = "adclicks.dictionary";

    public const string Generations = "adclicks.generations";

    public const string Leases = "adclicks.leases";

    public static string DroppedTimes(int generation) => $"adclicks_g{generation}.dropped_times";

    public static string Table(int generation, Cuboid cuboid, Granularity granularity) =>
        $"adclicks_g{generation}.{cuboid.TableName(granularity)}";
}
