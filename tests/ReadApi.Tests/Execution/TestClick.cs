using Adclicks.Domain.Rollups;
using CsCheck;

namespace Adclicks.ReadApi.Tests.Execution;

/// <summary>A click after its verdict, as much of it as a rollup sees.</summary>
public sealed record TestClick(DateTime Time, string[] Values, bool Duplicate, bool Fraudulent, ulong Visitor, ulong Address)
{
    /// <summary>The clicks are in the four days from here; clocks in Berlin go forward on the third.</summary>
    public static readonly DateTime Start = new(2026, 3, 27, 0, 0, 0, DateTimeKind.Utc);

    public static readonly TimeSpan Length = TimeSpan.FromDays(4);

    private static readonly Gen<string> AdIds =
        Gen.OneOf("ad-1", "ad-2", "ad-3", "shoes-1", "shoes-2", "%_'\"\\", "größe", new string('x', 1024));

    /// <summary>Few values per dimension, so that combinations repeat and filters meet.</summary>
    public static readonly Gen<string[]> AnyValues = Gen.Select(
        AdIds,
        Gen.Select(Named("campaign"), Named("advertiser"), Named("publisher")),
        Gen.Select(Gen.OneOf("US", "DE", "FR", ""), Gen.OneOf("CA", "BE", ""), Gen.OneOf("Berlin", "München", "")),
        Gen.Select(Gen.OneOf("desktop", "mobile", ""), Gen.OneOf("Windows", "iOS"), Gen.OneOf("Firefox", "Chrome", "")),
        (ad, owner, place, client) => new[]
        {
            ad, owner.Item1, owner.Item2, owner.Item3, place.Item1, place.Item2, place.Item3, client.Item1, client.Item2, client.Item3,
        });

    public static readonly Gen<TestClick> Any = Gen.Select(
        Gen.Int[0, (int)Length.TotalSeconds - 1], AnyValues, Gen.Int[0, 5], Gen.ULong[1, 300], Gen.ULong[1, 100],
        (second, values, outcome, visitor, address) => new TestClick(
            Start.AddSeconds(second), values, outcome == 0, outcome == 1, Spread(visitor), Spread(address)));

    public string this[Dimension dimension] => Values[(int)dimension];

    private static Gen<string> Named(string kind) => Gen.OneOf(kind + "-1", kind + "-2", kind + "-3", "");

    /// <summary>A sketch expects hashes: bits that are spread over the whole word.</summary>
    private static ulong Spread(ulong number)
    {
        number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
        number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
        return number ^ (number >> 31);
    }
}
