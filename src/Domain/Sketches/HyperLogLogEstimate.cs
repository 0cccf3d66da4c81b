namespace Adclicks.Domain.Sketches;

/// <summary>The estimator of Flajolet et al. (2007) with its corrections for small and large ranges.</summary>
internal static class HyperLogLogEstimate
{
    private const double M = HyperLogLog.Registers;
    private const double Alpha = 0.7213 / (1 + (1.079 / M));

    /// <summary>Where registers overflow: 31 ranks after 12 bits of index.</summary>
    private const double TwoToL = 1L << (HyperLogLog.Log2Registers + 30);

    public static double Of(ReadOnlySpan<byte> registers)
    {
        // Most registers have one of few ranks: with one table to count in, each would wait for the one before.
        const int Ranks = 1 << HyperLogLog.RegisterBits;
        Span<int> even = stackalloc int[Ranks], odd = stackalloc int[Ranks];
        even.Clear();
        odd.Clear();
        for (var i = 0; i < registers.Length; i += 2)
        {
            even[registers[i]]++;
            odd[registers[i + 1]]++;
        }

        // Sums of powers of two are exact, in any order.
        double sum = 0;
        for (var rank = 0; rank < Ranks; rank++) sum += (even[rank] + odd[rank]) / (double)(1UL << rank);
        var zeros = even[0] + odd[0];

        var estimate = Alpha * M * M / sum;
        if (zeros > 0 && estimate < 2.5 * M) return M * Math.Log(M / zeros);
        return estimate <= TwoToL / 30 ? estimate : -TwoToL * Math.Log(1 - (estimate / TwoToL));
    }
}
