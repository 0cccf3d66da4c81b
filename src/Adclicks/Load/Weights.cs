namespace Adclicks.Load;

/// <summary>Numbers from 0 to count − 1, each as often as its weight.</summary>
internal sealed class Weights
{
    private readonly double[] _cumulative;

    public Weights(IEnumerable<double> weights)
    {
        var sum = 0.0;
        _cumulative = [.. weights.Select(weight => sum += weight)];
    }

    /// <summary>Number k as often as 1/(k + 1).</summary>
    public static Weights Zipf(int count) => new(Enumerable.Range(1, count).Select(rank => 1.0 / rank));

    /// <summary>The number at a place between 0 and 1.</summary>
    public int At(double place)
    {
        var index = Array.BinarySearch(_cumulative, place * _cumulative[^1]);
        return Math.Min(index < 0 ? ~index : index, _cumulative.Length - 1);
    }

    /// <summary>The number at a place, with how far the place is through its part: between 0 and 1.</summary>
    public double Through(double place)
    {
        var index = At(place);
        var start = index == 0 ? 0 : _cumulative[index - 1];
        return index + ((place * _cumulative[^1]) - start) / (_cumulative[index] - start);
    }
}
