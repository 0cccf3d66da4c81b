namespace Adclicks.Projections.Engine;

/// <summary>The lanes of one generation, running.</summary>
internal sealed class GenerationRun
{
    private readonly CancellationTokenSource _stop;
    private readonly LaneRunner[] _runners;
    private readonly Task _lanes;

    public GenerationRun(IEnumerable<LaneRunner> lanes, ProjectionThreads threads, CancellationToken cancellationToken)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _runners = [.. lanes];
        _lanes = Task.WhenAll(_runners.Select(l => threads.RunAsync(() => l.RunAsync(_stop.Token))).ToArray());
    }

    /// <summary>Gives up one of the lanes we own, unless one is being given up.</summary>
    public void YieldOne()
    {
        if (!_runners.Any(l => l.IsYielding)) _runners.LastOrDefault(l => l.IsOwner)?.Yield();
    }

    /// <summary>Returns when all lanes have flushed and given up their leases.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _lanes;
        _stop.Dispose();
    }
}
