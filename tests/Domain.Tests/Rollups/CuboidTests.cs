using System.Text.RegularExpressions;
using Adclicks.Domain.Rollups;
using CsCheck;

namespace Adclicks.Domain.Tests.Rollups;

public sealed class CuboidTests
{
    /// <summary>PostgreSQL cuts longer names, and two tables would be one.</summary>
    private const int MaxIdentifier = 63;

    [Fact]
    public void Every_question_has_a_cuboid() => Gen.Shuffle(Dimensions.All.ToArray()).Select(Gen.Int[0, 10], (all, take) => all.Take(take).ToArray()).Sample(asked =>
    {
        Assert.True(Cuboids.Full.Covers(asked));
        Assert.Equal(Granularities.All, Cuboids.Full.Granularities);
        foreach (var cuboid in Cuboids.All) Assert.Equal(asked.ToHashSet().IsSubsetOf(cuboid.Dimensions), cuboid.Covers(asked));
    });

    [Fact]
    public void Tables_have_names_of_their_own_that_need_no_quotes()
    {
        var names = Cuboids.All.SelectMany(c => c.Granularities.Select(c.TableName)).ToList();
        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.All(names, name => Assert.Matches(new Regex("^[a-z][a-z_]*$"), name));
        Assert.All(names, name => Assert.InRange(name.Length, 1, MaxIdentifier));
    }

    [Fact]
    public void No_cuboid_repeats_a_dimension_or_another_cuboid()
    {
        Assert.All(Cuboids.All, cuboid => Assert.Equal(cuboid.Dimensions.Count, cuboid.Dimensions.Distinct().Count()));
        Assert.Equal(Cuboids.All.Count, Cuboids.All.Select(c => string.Join(',', c.Dimensions.Order())).Distinct().Count());
        Assert.Same(Cuboids.Full, Cuboids.All[0]);
        Assert.Equal(Dimensions.All, Cuboids.Full.Dimensions.Order());
    }
}
