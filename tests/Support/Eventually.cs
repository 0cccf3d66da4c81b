using System.Diagnostics;

namespace Adclicks.Support;

/// <summary>
/// Waits for what another process, or thread, brings about: asks, leaves the cores to it for a moment, and asks again. Whoever asks
/// without a pause slows down what it waits for.
/// </summary>
public static class Eventually
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20), _limit = TimeSpan.FromSeconds(60);

    /// <summary>Returns when it is so.</summary>
    /// <param name="isSo">Asks.</param>
    /// <param name="otherwise">Says what is the case instead, when it was not so in time.</param>
    /// <param name="limit">A minute where not given.</param>
    /// <exception cref="TimeoutException">It did not come to be so in time.</exception>
    public static async Task TrueAsync(Func<Task<bool>> isSo, Func<string> otherwise, TimeSpan? limit = null)
    {
        for (var clock = Stopwatch.StartNew(); !await isSo(); await Task.Delay(_pause))
        {
            if (clock.Elapsed > (limit ?? _limit)) throw new TimeoutException(otherwise());
        }
    }

    /// <inheritdoc cref="TrueAsync(Func{Task{bool}}, Func{string}, TimeSpan?)"/>
    public static Task TrueAsync(Func<Task<bool>> isSo, string otherwise, TimeSpan? limit = null) => TrueAsync(isSo, () => otherwise, limit);

    /// <inheritdoc cref="TrueAsync(Func{Task{bool}}, Func{string}, TimeSpan?)"/>
    public static Task TrueAsync(Func<bool> isSo, string otherwise, TimeSpan? limit = null) => TrueAsync(() => Task.FromResult(isSo()), otherwise, limit);
}
