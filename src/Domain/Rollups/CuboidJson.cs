using System.Text.Json;
using System.Text.Json.Serialization;

namespace Adclicks.Domain.Rollups;

/// <summary>
/// A catalogue as text, kept with each generation: its tables go on being written and read as they are when the catalogue of
/// the program has changed.
/// </summary>
public static class CuboidJson
{
    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public static string Of(IEnumerable<Cuboid> cuboids) =>
        JsonSerializer.Serialize(cuboids.Select(c => new Entry(c.Name, [.. c.Dimensions.Select(d => d.Name())], [.. c.Granularities.Select(g => g.Name())])));

    /// <summary>Reads a catalogue.</summary>
    /// <exception cref="FormatException">It has a dimension or a granularity that is not known here.</exception>
    /// <exception cref="JsonException">It is something else.</exception>
    public static IReadOnlyList<Cuboid> Parse(string json) =>
        [.. JsonSerializer.Deserialize<Entry[]>(json)!.Select(e => new Cuboid(e.Name, [.. e.Dimensions.Select(DimensionOf)]) { Granularities = [.. e.Granularities.Select(GranularityOf)] })];

    private static Dimension DimensionOf(string name) =>
        Dimensions.TryParse(name, out var dimension) ? dimension : throw new FormatException($"There is no dimension {name}.");

    private static Granularity GranularityOf(string name) =>
        Granularities.All.Cast<Granularity?>().SingleOrDefault(g => g!.Value.Name() == name) ?? throw new FormatException($"There is no granularity {name}.");

    private sealed record Entry(
        [property: JsonPropertyName("name")] string Name,
        [property: JsonPropertyName("dimensions")] string[] Dimensions,
        [property: JsonPropertyName("granularities")] string[] Granularities);
}
