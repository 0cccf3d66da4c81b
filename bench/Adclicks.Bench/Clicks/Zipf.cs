namespace Adclicks.Bench.Clicks;

/// <summary>Numbers from 0 to count − 1, number k as often as 1/(k + 1).</summary>
internal sealed class Zipf
{
    private readonly double[] _cumulative;

    public Zipf(int count)
    {
        _cumulative = new double[count];
        var sum = 0.0;
        for (var i = 0; i < count; i++) _cumulative[i] = sum += 1.0 / (i + 1);
    }

    /// <summary>The number at a place between 0 and 1.</summary>
    public int At(double place)
    {
        var index = Array.BinarySearch(_cumulative, place * _cumulative[^1]);
        return Math.Min(index < 0 ? ~index : index, _cumulative.Length - 1);
    }
}
